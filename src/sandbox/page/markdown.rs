//! A chat client's markup, drawn safely: read into a tree first, and only then written as HTML.
//!
//! ```text
//! **bold** *slanted* __underlined__ ~~struck~~ ||hidden|| `code` ```block```
//! [words](https://…) https://… <https://…> <t:1787313600:R> <@1> <#1> <@&1> </name sub:1>
//! # heading   -# small   > quote   - item       \* is a star
//! | head |    where tables are drawn
//! | --- |
//! ```
//!
//! Nothing of the text reaches the page but as text: the writer escapes all of it, and links lead
//! nowhere by themselves.

use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use super::{directory::Directory, leaving, moment::Moment};

/// How deep marks may stand within marks. Deeper ones are text.
const DEPTH_MAX: usize = 6;

/// Marks around words, longer ones first, for each what it means.
const MARKS: [(&str, Mark); 6] = [
    ("**", Mark::Strong),
    ("__", Mark::Underline),
    ("~~", Mark::Strike),
    ("||", Mark::Hidden),
    ("*", Mark::Slanted),
    ("_", Mark::Slanted),
];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mark {
    Strong,
    Slanted,
    Underline,
    Strike,
    Hidden,
}

/// A piece of a line.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Piece {
    Text(String),
    Marked(Mark, Vec<Self>),
    Code(String),
    Link {
        words: Vec<Self>,
        url: String,
    },
    Moment(Moment),
    /// Somebody, a channel or a command, by name.
    Mention(String),
}

/// What is needed to draw, apart from the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Markdown<'a> {
    /// Names of who and what is mentioned.
    pub(super) directory: &'a Directory,
    /// What time it is.
    pub(super) now: Timestamp,
    /// Whether the client draws tables.
    pub(super) has_tables: bool,
}

impl Markdown<'_> {
    /// Text of several lines, with headings, quotes and blocks of code.
    pub(super) fn text(&self, text: &str) -> Markup {
        html! {
            @for (index, part) in text.split("```").enumerate() {
                @if index % 2 == 1 && text.matches("```").count() > index {
                    pre.block { code { (block(part)) } }
                } @else {
                    // An opening that nothing closes is text.
                    @if index % 2 == 1 { "```" }
                    (self.lines(part))
                }
            }
        }
    }

    /// Text of one line: the marks alone.
    pub(super) fn line(&self, text: &str) -> Markup {
        self.draw(&self.read(text, 0))
    }

    fn lines(&self, text: &str) -> Markup {
        let mut drawn = String::new();
        let mut plain: Vec<&str> = Vec::new();
        let lines: Vec<&str> = text.split('\n').collect();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            if let Some(table) = Table::read(&lines[at..]).filter(|_| self.has_tables) {
                self.end_paragraph(&mut plain, &mut drawn);
                drawn += &self.table(&table).into_string();
                at += table.lines;
                continue;
            }
            at += 1;
            let special = self.special(line);
            if let Some(special) = special {
                self.end_paragraph(&mut plain, &mut drawn);
                drawn += &special.into_string();
            } else {
                plain.push(line);
            }
        }
        self.end_paragraph(&mut plain, &mut drawn);
        PreEscaped(drawn)
    }

    /// Lines without a meaning of their own stand together: a mark may go over several.
    fn end_paragraph(&self, plain: &mut Vec<&str>, drawn: &mut String) {
        let text = plain.join("\n");
        plain.clear();
        if !text.trim_matches('\n').is_empty() {
            let text = text.trim_matches('\n');
            *drawn += &html! { div.text { (self.line(text)) } }.into_string();
        }
    }

    fn table(&self, table: &Table<'_>) -> Markup {
        html! {
            table {
                thead { tr { @for cell in &table.head { th scope="col" { (self.line(cell)) } } } }
                tbody {
                    @for row in &table.rows {
                        tr { @for cell in row { td { (self.line(cell)) } } }
                    }
                }
            }
        }
    }

    /// A line that begins with a mark for lines.
    fn special(&self, line: &str) -> Option<Markup> {
        let after = |mark: &str| {
            line.strip_prefix(mark)
                .filter(|rest| !rest.trim().is_empty())
        };
        if let Some(rest) = after("-# ") {
            return Some(html! { div.subtext { (self.line(rest)) } });
        }
        // Not real headings: a message must not change the outline of the page.
        for (mark, class) in [
            ("# ", "heading1"),
            ("## ", "heading2"),
            ("### ", "heading3"),
        ] {
            if let Some(rest) = after(mark) {
                return Some(html! { div class=(class) { (self.line(rest)) } });
            }
        }
        if let Some(rest) = after("> ") {
            return Some(html! { blockquote { (self.line(rest)) } });
        }
        let item = after("- ").or_else(|| after("* "))?;
        Some(html! { div.item { (self.line(item)) } })
    }

    fn read(&self, text: &str, depth: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let before = plain.chars().next_back();
            if let Some((piece, after)) = self.special_piece(rest, before, depth) {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(piece);
                rest = after;
                continue;
            }
            rest = &rest[c.len_utf8()..];
            match (c, rest.chars().next()) {
                ('\\', Some(next)) if next.is_ascii_punctuation() => {
                    plain.push(next);
                    rest = &rest[next.len_utf8()..];
                }
                _ => plain.push(c),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        pieces
    }

    /// What begins here and is more than text, and what stands after it.
    fn special_piece<'t>(
        &self,
        rest: &'t str,
        before: Option<char>,
        depth: usize,
    ) -> Option<(Piece, &'t str)> {
        match rest.as_bytes().first()? {
            b'`' => code(rest),
            b'<' => self.angled(rest),
            b'[' if depth < DEPTH_MAX => self.link(rest, depth),
            b'h' if !before.is_some_and(char::is_alphanumeric) => bare_link(rest),
            b'*' | b'_' | b'~' | b'|' if depth < DEPTH_MAX => self.marked(rest, before, depth),
            _ => None,
        }
    }

    fn marked<'t>(
        &self,
        rest: &'t str,
        before: Option<char>,
        depth: usize,
    ) -> Option<(Piece, &'t str)> {
        let (mark, meaning) = MARKS.iter().find(|(mark, _)| rest.starts_with(mark))?;
        // An underscore within a word is part of a name.
        if *mark == "_" && before.is_some_and(char::is_alphanumeric) {
            return None;
        }
        let inside = &rest[mark.len()..];
        let end = closing(inside, mark)?;
        let words = &inside[..end];
        if words.trim().is_empty() || (mark.len() == 1 && words.starts_with(char::is_whitespace)) {
            return None;
        }
        let piece = Piece::Marked(*meaning, self.read(words, depth + 1));
        Some((piece, &inside[end + mark.len()..]))
    }

    fn link<'t>(&self, rest: &'t str, depth: usize) -> Option<(Piece, &'t str)> {
        let inside = &rest[1..];
        let end = closing(inside, "](")?;
        let (url, after) = inside[end + 2..].split_once(')')?;
        let url = url.trim_start_matches('<').trim_end_matches('>');
        if !leaving::is_web(url) || inside[..end].trim().is_empty() {
            return None;
        }
        let words = self.read(&inside[..end], depth + 1);
        let url = url.to_owned();
        Some((Piece::Link { words, url }, after))
    }

    /// What stands between angles: moments, mentions, links.
    fn angled<'t>(&self, rest: &'t str) -> Option<(Piece, &'t str)> {
        let (inner, after) = rest[1..].split_once('>')?;
        let named = |names: &std::collections::BTreeMap<u64, String>, id: &str| {
            names.get(&id.parse().ok()?).cloned()
        };
        let piece = if let Some(moment) = inner.strip_prefix("t:") {
            Piece::Moment(Moment::read(moment)?)
        } else if let Some(id) = inner.strip_prefix("@&") {
            id.parse::<u64>().ok()?;
            Piece::Mention("@role".to_owned())
        } else if let Some(id) = inner.strip_prefix('@') {
            let id = id.trim_start_matches('!');
            id.parse::<u64>().ok()?;
            let name = named(&self.directory.people, id);
            Piece::Mention(format!("@{}", name.as_deref().unwrap_or("unknown")))
        } else if let Some(id) = inner.strip_prefix('#') {
            id.parse::<u64>().ok()?;
            let name = named(&self.directory.channels, id);
            Piece::Mention(format!("#{}", name.as_deref().unwrap_or("unknown")))
        } else if let Some(command) = inner.strip_prefix('/') {
            let (name, id) = command.rsplit_once(':')?;
            id.parse::<u64>().ok()?;
            Piece::Mention(format!("/{name}"))
        } else if leaving::is_web(inner) {
            plain_link(inner)
        } else {
            return None;
        };
        Some((piece, after))
    }

    fn draw(&self, pieces: &[Piece]) -> Markup {
        html! {
            @for piece in pieces {
                @match piece {
                    Piece::Text(text) => { (text) }
                    Piece::Code(code) => { code { (code) } }
                    Piece::Moment(moment) => { (moment.draw(self.now)) }
                    Piece::Mention(name) => { span.mention { (name) } }
                    Piece::Link { words, url } => {
                        a.link href=(leaving::href(url)) title=(url) target="_blank" rel="noopener" {
                            (self.draw(words))
                        }
                    }
                    Piece::Marked(mark, inside) => { (self.mark(*mark, inside)) }
                }
            }
        }
    }

    fn mark(&self, mark: Mark, inside: &[Piece]) -> Markup {
        let inside = self.draw(inside);
        match mark {
            Mark::Strong => html! { strong { (inside) } },
            Mark::Slanted => html! { em { (inside) } },
            Mark::Underline => html! { u { (inside) } },
            Mark::Strike => html! { s { (inside) } },
            Mark::Hidden => html! { span.spoiler { (inside) } },
        }
    }
}

/// A table: a head, a rule below it, and rows of as many cells.
struct Table<'t> {
    head: Vec<&'t str>,
    rows: Vec<Vec<&'t str>>,
    /// How many lines it takes.
    lines: usize,
}

impl<'t> Table<'t> {
    /// The table that begins with the first of these lines.
    fn read(lines: &[&'t str]) -> Option<Self> {
        let head = cells(lines.first()?)?;
        let rule = cells(lines.get(1)?)?;
        let is_rule = |cell: &&str| {
            let dashes = cell.trim_start_matches(':').trim_end_matches(':');
            !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
        };
        if head.len() != rule.len() || !rule.iter().all(is_rule) {
            return None;
        }
        let below = lines[2..].iter().map_while(|line| cells(line));
        let mut rows: Vec<_> = below.collect();
        let lines = 2 + rows.len();
        for row in &mut rows {
            row.resize(head.len(), "");
        }
        Some(Self { head, rows, lines })
    }
}

/// The cells of a row of a table; `None` when it is none. A bar after a backslash is text.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?;
    let mut cells = Vec::new();
    let (mut begin, mut is_escaped) = (0, false);
    for (at, c) in inside.char_indices() {
        if c == '|' && !is_escaped {
            cells.push(inside[begin..at].trim());
            begin = at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    (begin == inside.len() && !cells.is_empty()).then_some(cells)
}

/// Where a mark ends what began before; not within code, and not after a backslash.
fn closing(text: &str, mark: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some((_, after)) = code(rest) {
            at = text.len() - after.len();
            continue;
        }
        if rest.starts_with(mark) {
            // Of a longer row of marks the last ones close: `**a *b***`.
            if mark == "](" || !rest[1..].starts_with(mark) {
                return Some(at);
            }
            // Two of a kind are another mark than one.
            at += if mark.len() == 1 { 2 } else { 1 };
            continue;
        }
        at += c.len_utf8();
        if c == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    None
}

/// Code between one or two backticks.
fn code(rest: &str) -> Option<(Piece, &str)> {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    if !(1..=2).contains(&ticks) {
        return None;
    }
    let fence = &rest[..ticks];
    let (inside, after) = rest[ticks..].split_once(fence)?;
    if inside.is_empty() {
        return None;
    }
    let inside = match inside
        .strip_prefix(' ')
        .and_then(|text| text.strip_suffix(' '))
    {
        Some(trimmed) if ticks == 2 => trimmed,
        _ => inside,
    };
    Some((Piece::Code(inside.to_owned()), after))
}

/// The content of a block of code, without the name of its language.
fn block(part: &str) -> &str {
    let is_language = |line: &str| {
        let mut letters = line.chars();
        letters.all(|c| c.is_ascii_alphanumeric() || "+-_".contains(c))
    };
    match part.split_once('\n') {
        Some((first, rest)) if is_language(first) => rest,
        _ => part,
    }
}

/// A link that stands in the text as it is.
fn bare_link(rest: &str) -> Option<(Piece, &str)> {
    if !rest.starts_with("https://") && !rest.starts_with("http://") {
        return None;
    }
    let is_end = |c: char| c.is_whitespace() || "<>\"'`*|\u{2068}\u{2069}".contains(c);
    let end = rest.find(is_end).unwrap_or(rest.len());
    // What ends a sentence is no part of a link.
    let url = rest[..end].trim_end_matches(['.', ',', ':', ';', '!', '?', ')', ']', '_', '~']);
    leaving::is_web(url).then(|| (plain_link(url), &rest[url.len()..]))
}

fn plain_link(url: &str) -> Piece {
    Piece::Link {
        words: vec![Piece::Text(url.to_owned())],
        url: url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_787_313_600, 0);

    fn with<T>(act: impl FnOnce(Markdown<'_>) -> T) -> T {
        let mut directory = Directory::default();
        directory.people.insert(7, "Ann <b>".to_owned());
        directory.channels.insert(8, "welcome".to_owned());
        act(Markdown {
            directory: &directory,
            now: NOW,
            has_tables: true,
        })
    }

    fn line(text: &str) -> String {
        with(|markdown| markdown.line(text).into_string())
    }

    fn text(text: &str) -> String {
        with(|markdown| markdown.text(text).into_string())
    }

    #[test]
    fn marks_become_elements() {
        assert_eq!(line("a **b** c"), "a <strong>b</strong> c");
        assert_eq!(line("*a* _b_"), "<em>a</em> <em>b</em>");
        assert_eq!(line("__a__ ~~b~~"), "<u>a</u> <s>b</s>");
        assert_eq!(line("||a||"), "<span class=\"spoiler\">a</span>");
        assert_eq!(line("**a *b***"), "<strong>a <em>b</em></strong>");
        assert_eq!(line("`**a**`"), "<code>**a**</code>");
        assert_eq!(line("``a`b``"), "<code>a`b</code>");
    }

    #[test]
    fn what_nothing_closes_is_text() {
        for same in [
            "**a",
            "a*",
            "2 * 3 * 4",
            "snake_case_name",
            "`a",
            "[a](b)",
            "[a]",
            "****",
        ] {
            assert_eq!(line(same), same);
        }
    }

    #[test]
    fn a_backslash_takes_a_marks_meaning() {
        assert_eq!(line(r"\*a\*"), "*a*");
        assert_eq!(line(r"**a\*\*b**"), "<strong>a**b</strong>");
        assert_eq!(line(r"\<\@1\>"), "&lt;@1&gt;");
        assert_eq!(line(r"\[a\]\(https\://b\)"), "[a](https://b)");
        assert_eq!(line(r"a\b \\"), r"a\b \");
    }

    #[test]
    fn links_lead_to_word_of_where_they_lead() {
        let link = line("see https://example.org/x, and");
        assert!(link.contains("href=\"/sandbox/leaving?to=https%3A%2F%2Fexample.org%2Fx\""));
        assert!(link.ends_with("https://example.org/x</a>, and"), "{link}");
        assert!(line("[**a**](https://b.c)").contains("><strong>a</strong></a>"));
        for hostile in [
            "[a](javascript:alert(1))",
            "<javascript:alert(1)>",
            "[a](data:x)",
        ] {
            assert!(!line(hostile).contains("<a"), "{hostile}");
        }
        let hostile = line("https://x/\"onmouseover=alert(1)");
        assert!(!hostile.contains("\"onmouseover"), "{hostile}");
    }

    #[test]
    fn moments_and_mentions_are_told() {
        assert!(line("<t:1787317200:R>").contains(">in 1 hour</time>"));
        assert_eq!(
            line("<@7>"),
            "<span class=\"mention\">@Ann &lt;b&gt;</span>"
        );
        assert_eq!(line("<#8>"), "<span class=\"mention\">#welcome</span>");
        assert_eq!(
            line("</invites list:9>"),
            "<span class=\"mention\">/invites list</span>"
        );
        assert_eq!(line("<@x> <3"), "&lt;@x&gt; &lt;3");
    }

    #[test]
    fn lines_and_blocks_are_told_apart() {
        assert_eq!(
            text("# A\nb\nc\n> d\n- e\n-# f"),
            "<div class=\"heading1\">A</div><div class=\"text\">b\nc</div><blockquote>d</blockquote>\
             <div class=\"item\">e</div><div class=\"subtext\">f</div>"
        );
        assert_eq!(
            text("a```rust\n<b>\n```"),
            "<div class=\"text\">a</div><pre class=\"block\"><code>&lt;b&gt;\n</code></pre>"
        );
        assert_eq!(text("```a"), "```<div class=\"text\">a</div>");
    }

    #[test]
    fn a_table_is_a_head_a_rule_and_rows() {
        assert_eq!(
            text("a\n| A | **B** |\n| :-- | --- |\n| `x` | 1 \\| 2 |\n| y |\nb"),
            "<div class=\"text\">a</div><table><thead><tr><th scope=\"col\">A</th>\
             <th scope=\"col\"><strong>B</strong></th></tr></thead><tbody><tr><td><code>x</code></td>\
             <td>1 | 2</td></tr><tr><td>y</td><td></td></tr></tbody></table>\
             <div class=\"text\">b</div>"
        );
        for other in [
            "| A |",
            "| A |\n| b |",
            "| A |\n| - | - |",
            "| A \\|\n| - |",
            "|\n|",
            "A |\n- |",
        ] {
            assert!(!text(other).contains("<table"), "{other}");
        }
        let directory = Directory::default();
        let client = Markdown {
            directory: &directory,
            now: NOW,
            has_tables: false,
        };
        let drawn = client.text("| A |\n| - |").into_string();
        assert_eq!(drawn, "<div class=\"text\">| A |\n| - |</div>");
    }

    #[test]
    fn hostile_text_stays_text() {
        let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> &lt; \" ' </div>";
        let drawn = text(hostile);
        assert!(
            !drawn.contains("<script") && !drawn.contains("<img"),
            "{drawn}"
        );
        assert!(drawn.contains("&amp;lt;"), "{drawn}");
    }

    /// Whatever is deeper is text. Work that doubles with each mark would never end here.
    #[test]
    fn deep_marks_are_drawn_to_a_depth() {
        let deep = "**_".repeat(2_000) + "a" + &"_**".repeat(2_000);
        let drawn = text(&deep);
        assert!(drawn.contains('a'));
        let mut depth = 0_usize;
        let mut deepest = 0;
        for tag in drawn.split('<').skip(1) {
            depth = match tag.strip_prefix('/') {
                Some(_) => depth - 1,
                None => depth + 1,
            };
            deepest = deepest.max(depth);
        }
        // The line is a box of its own.
        assert!((1..=DEPTH_MAX + 1).contains(&deepest), "{deepest}");
        assert_eq!(depth, 0);
    }

    proptest! {
        /// Whatever the text, only elements that are named here are opened, and all are closed.
        #[test]
        fn only_known_elements_are_drawn(
            markup in "([a-z \\n]|\n\\| a \\|\n\\| - \\|\n|[*_~|`\\\\<>\\[\\]()#@:/&\"'-]|https://a|<t:1:R>|<@7>|é|𝒳){0,60}",
        ) {
            const KNOWN: [&str; 18] = [
                "strong", "em", "u", "s", "span", "code", "pre", "div", "blockquote", "a", "time",
                "b", "table", "thead", "tbody", "tr", "th", "td",
            ];
            let drawn = text(&markup);
            let mut open: Vec<&str> = Vec::new();
            for tag in drawn.split('<').skip(1) {
                let (tag, _) = tag.split_once('>').expect("a tag ends");
                let name = tag.split(' ').next().unwrap_or_default();
                if let Some(name) = name.strip_prefix('/') {
                    prop_assert_eq!(open.pop(), Some(name));
                } else {
                    prop_assert!(KNOWN.contains(&name), "{} in {}", name, drawn);
                    open.push(name);
                }
            }
            prop_assert!(open.is_empty());
        }
    }
}
