//! A tree of values in, the records in it out: what tools wrap around records is entered, whatever it is called.
//!
//! A list of objects is a list of records where one of them is a pipe event; what stands around it, such as a host's
//! name, is that of each of them. Lists of pairs are objects (OpenTelemetry, xmltodict), lists of lists are rows of a
//! table where the names of its columns stand beside them (Microsoft's Log Analytics, Elasticsearch's ES|QL, Splunk).

use super::found::{Found, Place};
use super::tree::{Id, Kind, Tree};
use super::{expand, names, positions};
use crate::source::meaning::Meaning;
use crate::source::values::{Judged, Mistake, Values};

/// Is told what each record is.
pub(super) type Tell<'a> = &'a mut dyn FnMut(&Values, Judged, Seen);

/// Who saw the event of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    BySysmon,
    ByDefender,
}

/// How deep lists of records may stand in each other.
const DEPTH: u32 = 12;
/// How many elements of a list are looked at to tell what it holds.
const ELEMENTS: usize = 16;
/// How many values of one name are looked at.
const VALUES: usize = 64;

/// Goes through a tree.
pub(super) struct Records<'t> {
    tree: &'t Tree,
    /// What was found around the record that is read, and in it.
    found: Found,
    values: Values,
    /// The words of the path to the value that is read.
    path: Vec<String>,
    /// Whether the last key is one that names the process of the service which wrote the record.
    is_service: bool,
}

/// A list that may hold records, and the object that holds it.
type List = (Id, Id);

impl<'t> Records<'t> {
    pub(super) fn of(tree: &'t Tree) -> Self {
        Self {
            tree,
            found: Found::default(),
            values: Values::default(),
            path: Vec::new(),
            is_service: false,
        }
    }

    /// Reads what is at `id`: the records in it, or itself as one. Says whether there was a pipe event, or what should
    /// have been one.
    pub(super) fn read(&mut self, id: Id, depth: u32, tell: Tell<'_>) -> bool {
        let around = self.found.len();
        let mut lists = Vec::new();
        if depth < DEPTH {
            self.lists(id, &mut lists);
        }
        if !lists.is_empty() {
            self.gather(id, &lists);
            self.found.surround();
            let mut is_told = false;
            for list in &lists {
                is_told |= self.list(*list, depth, tell);
            }
            self.found.forget(around);
            if is_told {
                return true;
            }
        }
        self.gather(id, &lists);
        self.tell(depth, tell)
    }

    /// Tells what was gathered.
    fn tell(&mut self, depth: u32, tell: Tell<'_>) -> bool {
        self.found.choose(&mut self.values);
        let judged = match self.values.judge() {
            Judged::Event(_) if self.found.are_several() => Judged::Unreadable(Mistake::Several),
            judged => judged,
        };
        let is_nameless = judged == Judged::Unreadable(Mistake::NoPipe);
        let is_event = matches!(judged, Judged::Event(_) | Judged::Unreadable(_)) && !is_nameless;
        // An element of a list that is no event says nothing of what it stands in. Its number may be any, unless it is
        // Sysmon's.
        if depth == 0 || is_event || (is_nameless && !self.values.lacks(Meaning::Provider)) {
            let seen = if self.found.is_defenders {
                Seen::ByDefender
            } else {
                Seen::BySysmon
            };
            tell(&self.values, judged, seen);
        }
        is_event
    }

    /// Reads the elements of a list of records, or the rows of a table.
    fn list(&mut self, (list, parent): List, depth: u32, tell: Tell<'_>) -> bool {
        let tree = self.tree;
        let columns = self.columns(list, parent);
        let mut is_told = false;
        let around = self.found.len();
        self.found.forget(around);
        if let Some(names) = columns
            .as_ref()
            .filter(|_| tree.key(list).eq_ignore_ascii_case("columns"))
        {
            return self.columns_of_cells(list, names, depth + 1, tell);
        }
        for element in tree.children(list) {
            let path = std::mem::take(&mut self.path);
            is_told |= match &columns {
                Some(columns) if tree.kind(element) == Kind::List => self.row(element, columns, depth + 1, tell),
                _ => self.read(element, depth + 1, tell),
            };
            self.path = path;
            self.found.forget(around);
        }
        is_told
    }

    /// Reads a row of a table, as an object whose keys are the names of the columns.
    fn row(&mut self, row: Id, columns: &[String], depth: u32, tell: Tell<'_>) -> bool {
        let tree = self.tree;
        for (cell, column) in tree.children(row).zip(columns) {
            self.member(column, cell, &[]);
        }
        self.tell(depth, tell)
    }

    /// Reads a table that is written column by column.
    fn columns_of_cells(&mut self, list: Id, names: &[String], depth: u32, tell: Tell<'_>) -> bool {
        let tree = self.tree;
        let columns: Vec<Vec<Id>> = tree
            .children(list)
            .map(|column| tree.children(column).collect())
            .collect();
        let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
        let (around, mut is_told) = (self.found.len(), false);
        for row in 0..rows {
            for (name, column) in names.iter().zip(&columns) {
                if let Some(cell) = column.get(row) {
                    self.member(name, *cell, &[]);
                }
            }
            is_told |= self.tell(depth, tell);
            self.found.forget(around);
        }
        is_told
    }

    /// The lists below a value that may hold records, in their order; not those in other lists.
    fn lists(&self, id: Id, lists: &mut Vec<List>) {
        let own = (self.tree.kind(id) == Kind::List && self.may_hold_records(id)).then_some((id, id));
        let own = own.or_else(|| self.is_numbered(id).then_some((id, id)));
        lists.extend(own);
        if own.is_none() && self.tree.kind(id) == Kind::Object {
            self.lists_below(id, lists);
        }
    }

    fn lists_below(&self, object: Id, lists: &mut Vec<List>) {
        for child in self.tree.children(object) {
            match self.tree.kind(child) {
                Kind::Object if self.is_numbered(child) => lists.push((child, object)),
                Kind::Object => self.lists_below(child, lists),
                Kind::List if self.may_hold_records(child) => lists.push((child, object)),
                Kind::List | Kind::Scalar => {}
            }
        }
    }

    /// Whether an object holds other objects by their numbers, as a list does.
    fn is_numbered(&self, object: Id) -> bool {
        let tree = self.tree;
        let mut members = tree.children(object).take(ELEMENTS).peekable();
        let is_number = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
        tree.kind(object) == Kind::Object
            && members.peek().is_some()
            && members.all(|member| tree.kind(member) == Kind::Object && is_number(tree.key(member)))
    }

    fn may_hold_records(&self, list: Id) -> bool {
        let mut elements = self.tree.children(list).take(ELEMENTS).peekable();
        let holds = elements
            .peek()
            .is_some_and(|first| self.tree.kind(*first) != Kind::Scalar);
        holds && elements.all(|element| self.pair(element).is_none() && self.lone_member(element).is_none())
    }

    /// The names of the columns that stand beside a list of rows.
    fn columns(&self, list: Id, parent: Id) -> Option<Vec<String>> {
        let tree = self.tree;
        let is_one_of = |id: Id, names: &[&str]| names.iter().any(|name| tree.key(id).eq_ignore_ascii_case(name));
        let beside = tree
            .children(parent)
            .find(|child| *child != list && is_one_of(*child, &["columns", "fields"]))?;
        let name = |column: Id| match tree.kind(column) {
            Kind::Scalar => tree.text(column).to_owned(),
            Kind::Object | Kind::List => {
                let name = tree
                    .children(column)
                    .find(|member| is_one_of(*member, &["name", "columnname"]));
                name.map(|name| tree.text(name).to_owned()).unwrap_or_default()
            }
        };
        Some(tree.children(beside).map(name).collect())
    }

    /// Gathers all values at and below `id`, but those in `lists`.
    fn gather(&mut self, id: Id, lists: &[List]) {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Scalar => self.scalar(tree.text(id)),
            _ if lists.binary_search_by_key(&id, |(list, _)| *list).is_ok() => {}
            Kind::Object => {
                // What stands before JSON in a string.
                expand::add(tree.text(id), &mut self.found);
                tree.children(id)
                    .for_each(|child| self.member(tree.key(child), child, lists));
            }
            Kind::List => self.elements(id, lists),
        }
    }

    /// Gathers a value that has a name.
    fn member(&mut self, name: &str, value: Id, lists: &[List]) {
        let before = self.path.len();
        let is_service = std::mem::replace(&mut self.is_service, name.ends_with("ProcessID"));
        self.path.extend(names::words(name));
        self.gather(value, lists);
        self.path.truncate(before);
        self.is_service = is_service;
    }

    /// Gathers the elements of a list that holds no records: pairs are members, and of several values the first counts,
    /// as search hits have them.
    fn elements(&mut self, list: Id, lists: &[List]) {
        let tree = self.tree;
        let mut values: Vec<&str> = Vec::new();
        for element in tree.children(list) {
            if let Some((name, value)) = self.pair(element) {
                self.member(name, value, lists);
            } else if let Some(value) = self.lone_value(element) {
                values.push(tree.text(value));
            } else if tree.kind(element) == Kind::Scalar {
                values.push(tree.text(element));
            } else {
                self.gather(element, lists);
            }
        }
        if let Some(fields) = positions::in_list(&values) {
            self.found.add_fields(&fields);
        }
        if let Some((first, rest)) = values.split_first() {
            self.scalar(first);
            for value in rest.iter().take(VALUES).filter(|value| *value != first) {
                self.scalar(value);
            }
        }
    }

    /// The name and the value of an object that is a pair: `{"key": …, "value": …}` and its kin.
    fn pair(&self, object: Id) -> Option<(&'t str, Id)> {
        let tree = self.tree;
        let (mut name, mut value) = (None, None);
        for member in tree
            .children(object)
            .take(ELEMENTS)
            .filter(|_| tree.kind(object) == Kind::Object)
        {
            match tree.key(member) {
                "key" | "Key" | "name" | "Name" | "@Name" | "field" => name = Some(tree.text(member)),
                "value" | "Value" | "#text" | "text" => value = Some(member),
                _ => {}
            }
        }
        Some((name.filter(|name| !name.is_empty())?, value?))
    }

    /// The only member of an object, if that is a value: a list of such objects is no list of records.
    fn lone_member(&self, object: Id) -> Option<Id> {
        let mut members = self.tree.children(object);
        let member = members
            .next()
            .filter(|member| self.tree.kind(*member) == Kind::Scalar)?;
        (members.next().is_none() && !self.tree.key(member).is_empty()).then_some(member)
    }

    /// The value of an object that has nothing else, as PowerShell's `Properties` do.
    fn lone_value(&self, object: Id) -> Option<Id> {
        self.lone_member(object)
            .filter(|member| self.tree.key(*member).eq_ignore_ascii_case("value"))
    }

    /// Takes the value at the path that was come.
    fn scalar(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let place = if names::is_of_data(&self.path) {
            Place::Data
        } else {
            Place::Row
        };
        // NXLog and fluentd call the process of the service so, which wrote the record.
        let is_service = self.is_service && place == Place::Row;
        if let Some(name) = names::find(&self.path).filter(|_| !is_service) {
            self.found.add(name, place, text);
        }
        expand::add(text, &mut self.found);
    }
}
