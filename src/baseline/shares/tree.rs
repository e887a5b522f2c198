//! What the groups of a baseline claim in, what each place of their tree may keep out: see the module above.

use xxhash_rust::xxh3::xxh3_64;

use super::{Shares, parts};

/// A template with an image that wants room for its names.
pub(super) struct Claim {
    /// In lower case.
    pub(super) image: String,
    /// Of the template.
    pub(super) hash: u64,
    /// Its place among the groups.
    pub(super) group: usize,
    /// How much it wants.
    pub(super) need: usize,
}

impl Claim {
    /// The part of the image's path that lies so deep.
    fn part(&self, depth: usize) -> &str {
        let part = parts(&self.image).nth(depth).unwrap_or_default();
        self.image.get(part).unwrap_or_default()
    }

    /// The folder above that part.
    fn folder(&self, depth: usize) -> &str {
        let part = parts(&self.image).nth(depth).unwrap_or_default();
        self.image.get(..part.start).unwrap_or_default()
    }
}

/// Something below a place: its hash, how much room it wants, and its claims.
struct Child<'a> {
    hash: u64,
    need: usize,
    claims: &'a [Claim],
}

impl<'a> Child<'a> {
    fn of(hash: u64, claims: &'a [Claim]) -> Self {
        Self {
            hash,
            need: claims.iter().map(|claim| claim.need).sum(),
            claims,
        }
    }
}

/// What comes of sharing: limits, and how much room the groups (by their places) get that want more.
#[derive(Default)]
pub(super) struct Sharing {
    pub(super) limits: Shares,
    pub(super) rooms: Vec<(usize, usize)>,
}

impl Sharing {
    /// Shares `room` among all claims.
    pub(super) fn of(mut claims: Vec<Claim>, room: usize) -> Self {
        // A group without names has no need; the limits hold for it too.
        claims.retain(|claim| claim.need > 0);
        claims.sort_unstable_by(|a, b| a.image.cmp(&b.image).then(a.hash.cmp(&b.hash)));
        let mut sharing = Self::default();
        sharing.folder(&claims, 0, room);
        sharing
    }

    /// Shares `room` among claims, sorted by their images, which have so many folders in common.
    fn folder(&mut self, claims: &[Claim], depth: usize, room: usize) {
        if claims.iter().map(|claim| claim.need).sum::<usize>() <= room {
            return;
        }
        let children: Vec<Child<'_>> = claims
            .chunk_by(|a, b| a.part(depth) == b.part(depth))
            .filter_map(|claims| Some(Child::of(xxh3_64(claims.first()?.part(depth).as_bytes()), claims)))
            .collect();
        let (limit, rooms) = share(&children, room);
        if let (Some(limit), Some(claim)) = (limit, claims.first()) {
            let folder = claim.folder(depth);
            self.limits.limit_folder(folder, limit);
        }
        for (child, room) in children.iter().zip(rooms).filter(|(_, room)| *room > 0) {
            let is_folder = |claim: &Claim| parts(&claim.image).nth(depth + 1).is_some();
            if !child.claims.first().is_some_and(is_folder) {
                self.image(child.claims, room);
            } else {
                self.folder(child.claims, depth + 1, room);
            }
        }
    }

    /// Shares `room` among the templates of an image.
    fn image(&mut self, claims: &[Claim], room: usize) {
        let children: Vec<Child<'_>> = claims
            .chunks(1)
            .filter_map(|claims| Some(Child::of(claims.first()?.hash, claims)))
            .collect();
        let (limit, rooms) = share(&children, room);
        if let (Some(limit), Some(claim)) = (limit, claims.first()) {
            self.limits.limit_image(&claim.image, limit);
        }
        let cut = claims
            .iter()
            .zip(rooms)
            .filter(|(claim, room)| *room > 0 && claim.need > *room);
        self.rooms.extend(cut.map(|(claim, room)| (claim.group, room)));
    }
}

/// Shares `room` evenly: the hash above which children get none, where there are too many for one each, and how many each
/// may keep.
fn share(children: &[Child<'_>], room: usize) -> (Option<u64>, Vec<usize>) {
    if room < children.len() {
        let mut hashes: Vec<u64> = children.iter().map(|child| child.hash).collect();
        let (_, limit, _) = hashes.select_nth_unstable(room.saturating_sub(1));
        let limit = *limit;
        let rooms = children.iter().map(|child| usize::from(child.hash <= limit)).collect();
        return (Some(limit), rooms);
    }
    // Those with the least need come first, and leave what they do not need to the others.
    let mut needs: Vec<usize> = children.iter().map(|child| child.need).collect();
    needs.sort_unstable();
    let (mut left, mut waiting) = (room, needs.len());
    for need in needs {
        if need * waiting > left {
            break;
        }
        (left, waiting) = (left - need, waiting - 1);
    }
    let each = left.checked_div(waiting).unwrap_or(usize::MAX);
    // What does not divide goes to the smallest hashes.
    let mut lucky: Vec<u64> = children
        .iter()
        .filter(|child| child.need > each)
        .map(|child| child.hash)
        .collect();
    lucky.sort_unstable();
    lucky.truncate(left.checked_rem(waiting).unwrap_or(0));
    let rooms = children.iter().map(|child| {
        let is_lucky = child.need > each && lucky.last().is_some_and(|last| child.hash <= *last);
        child.need.min(each.saturating_add(usize::from(is_lucky)))
    });
    (None, rooms.collect())
}
