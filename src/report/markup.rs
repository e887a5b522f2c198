//! Texts in, HTML out in which they do nothing: what is on the page without scripts.

use std::borrow::Cow;
use std::fmt;

use crate::output::escape::visible;

/// Text that an attacker may have chosen, as HTML of an element or of an attribute in quotation marks.
pub(super) struct Plain<'a>(pub(super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: Cow<'_, str> = visible(self.0);
        for c in text.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => fmt::Write::write_char(f, c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup_and_hides_nothing() {
        let name = "\"><img src=x onerror='alert(1)'>&amp;\u{202E}";
        assert_eq!(
            Plain(name).to_string(),
            "&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;\\u{202e}"
        );
    }
}
