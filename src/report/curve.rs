//! A review in, whether new families still appear out: a curve over the days as SVG, with the table behind it.

use std::io::{self, Write};

use super::Review;
use crate::output::grouped;

/// Days with how many families were new on each, and how many were known at its end.
fn days(review: &Review<'_>) -> Vec<(String, u64, u64)> {
    let mut known = 0;
    let new_by_day = &review.undecided.saturation.new_by_day;
    new_by_day
        .iter()
        .map(|(day, new)| {
            known += new;
            (day.to_string(), *new, known)
        })
        .collect()
}

/// Where each day's point lies, in a drawing of this size.
fn points(days: &[(String, u64, u64)], width: u64, height: u64) -> Vec<(u64, u64)> {
    let most = days.last().map_or(1, |(_, _, known)| *known).max(1);
    let last = (days.len() as u64).saturating_sub(1).max(1);
    let point = |(x, (_, _, known)): (u64, &(String, u64, u64))| (x * width / last, height - known * height / most);
    (0u64..).zip(days).map(point).collect()
}

fn line(points: &[(u64, u64)]) -> String {
    points.iter().map(|(x, y)| format!("{x},{y} ")).collect()
}

/// The curve alone: whether it flattens can be seen at a glance.
pub(super) fn small(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let days = days(review);
    if days.len() < 2 {
        return Ok(());
    }
    write!(
        out,
        "<svg class=\"spark\" viewBox=\"0 -2 200 44\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <polyline points=\"{}\"/></svg>",
        line(&points(&days, 200, 40))
    )
}

/// The curve with its axes.
pub(super) fn write(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    const WIDTH: u64 = 360;
    const HEIGHT: u64 = 150;
    let days = days(review);
    let (Some((first, ..)), Some((last, _, known))) = (days.first(), days.last()) else {
        return out.write_all(b"<p>No event has a time that can be believed.</p>");
    };
    let points = points(&days, WIDTH, HEIGHT);
    write!(
        out,
        "<svg class=\"plot\" viewBox=\"-50 -14 {} {}\" role=\"img\" aria-label=\"Families known by day; the table below has the figures\">\
         <path class=\"axis\" d=\"M0 0V{HEIGHT}H{WIDTH}\"/>\
         <text class=\"label\" x=\"-6\" y=\"5\">{}</text><text class=\"label\" x=\"-6\" y=\"{HEIGHT}\">0</text>\
         <text x=\"0\" y=\"{}\">{first}</text><text class=\"label\" x=\"{WIDTH}\" y=\"{}\">{last}</text>",
        WIDTH + 60,
        HEIGHT + 40,
        grouped(*known),
        HEIGHT + 18,
        HEIGHT + 18,
    )?;
    write!(out, "<polyline class=\"curve\" points=\"{}\"/>", line(&points))?;
    if points.len() <= 60 {
        for (x, y) in &points {
            write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\"/>")?;
        }
    }
    out.write_all(
        b"</svg>\n<details><summary>As a table</summary><table class=\"plain\"><thead><tr><th scope=\"col\">Day\
          <th scope=\"col\" class=\"n\">New families<th scope=\"col\" class=\"n\">Known</tr></thead><tbody>",
    )?;
    for (day, new, known) in &days {
        write!(
            out,
            "<tr><td>{day}<td class=\"n\">{}<td class=\"n\">{}",
            grouped(*new),
            grouped(*known)
        )?;
    }
    out.write_all(b"</tbody></table></details>")
}
