//! A review in, which products make the noise out: bars as SVG, with the table behind them.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::Review;
use super::markup::Plain;
use crate::draft::candidate::Verdict;
use crate::output::escape::visible;
use crate::output::grouped;

/// So many products have a bar; the table has more.
const PRODUCTS: usize = 10;
/// Units of the drawing.
const LABEL: u64 = 160;
const LENGTH: u64 = 210;
const ROW: u64 = 22;
/// So many letters of a product's name fit beside its bar.
const LETTERS: usize = 27;

/// Events by verdict: exclude, review, keep.
type Events = [u64; 3];

pub(super) fn write(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let products = products(review);
    let longest = products.first().map_or(0, |(_, events)| sum(events)).max(1);
    let shown = products.len().min(PRODUCTS);
    let height = ROW * shown as u64;
    let width = LABEL + LENGTH + 50;
    write!(
        out,
        "<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"Events by product; the table below has the figures\">"
    )?;
    for (row, (product, events)) in (0u64..).zip(products.iter().take(PRODUCTS)) {
        let y = row * ROW;
        let product = visible(product);
        let label: String = product.chars().take(LETTERS).collect();
        let dots = if label.len() < product.len() { "…" } else { "" };
        write!(
            out,
            "<text class=\"label\" x=\"{}\" y=\"{}\">{}{dots}</text>",
            LABEL - 8,
            y + 16,
            Plain(&label)
        )?;
        let mut x = LABEL;
        for (part, class) in events.iter().zip(CLASSES) {
            // What there is can be seen.
            let length = (part * LENGTH / longest).max(2 * u64::from(*part > 0));
            write!(
                out,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{length}\" height=\"14\"/>",
                y + 5
            )?;
            x += length;
        }
        write!(
            out,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            x + 6,
            y + 16,
            grouped(sum(events))
        )?;
    }
    out.write_all(b"</svg>\n")?;
    table(&products, out)
}

const CLASSES: [&str; 3] = ["exclude", "review", "keep"];

fn table(products: &[(&str, Events)], out: &mut dyn Write) -> io::Result<()> {
    const ROWS: usize = 50;
    out.write_all(
        b"<details><summary>As a table</summary><table class=\"plain\"><thead><tr><th scope=\"col\">Product\
          <th scope=\"col\" class=\"n\">Excluded<th scope=\"col\" class=\"n\">To decide<th scope=\"col\" class=\"n\">Kept\
          </tr></thead><tbody>",
    )?;
    for (product, [exclude, review, keep]) in products.iter().take(ROWS) {
        write!(
            out,
            "<tr><td>{}<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}",
            Plain(product),
            grouped(*exclude),
            grouped(*review),
            grouped(*keep)
        )?;
    }
    out.write_all(b"</tbody></table>")?;
    if products.len() > ROWS {
        write!(out, "<p>and {} more</p>", grouped((products.len() - ROWS) as u64))?;
    }
    out.write_all(b"</details>")
}

/// The products' events, those with most first.
fn products<'a>(review: &'a Review<'_>) -> Vec<(&'a str, Events)> {
    let mut products: IndexMap<&str, Events> = IndexMap::new();
    for candidate in &review.draft().candidates {
        let image = candidate.family.images.first().map_or("", String::as_str);
        let events = products.entry(review.source.knowledge.product(image)).or_default();
        let [exclude, reviewed, keep] = events;
        *match candidate.verdict {
            Verdict::Exclude => exclude,
            Verdict::Review => reviewed,
            Verdict::Keep => keep,
        } += candidate.family.evidence.events();
    }
    let mut products: Vec<_> = products.into_iter().collect();
    products.sort_by_key(|(product, events)| (std::cmp::Reverse(sum(events)), *product));
    products
}

fn sum(events: &Events) -> u64 {
    events.iter().sum()
}
