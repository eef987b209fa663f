//! A table read out of a page of ours. The pages are our own, so this knows what they are made of and no more.

/// A table as a page shows it, without its foot.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Grid {
    /// Names of the columns.
    pub(super) head: Vec<String>,
    /// Rows, each as wide as the head.
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Words of somebody's or ours.
    Words(String),
    /// A number of ours, without grouping.
    Number(String),
}

/// What is for people who act, and says nothing of the row.
const NOT_TOLD: [&str; 5] = ["form", "details", "button", "select", "svg"];

/// The table in the region of this name.
pub(super) fn find(html: &str, region: &str) -> Option<Grid> {
    let parts = html.match_indices("<div ").map(|(at, _)| &html[at..]);
    let named = |from: &&str| {
        let Some(Token::Open(tag)) = Tokens(from).next() else { return false };
        let is = |name: &str, value: &str| attribute(tag, name).is_some_and(|told| told == value);
        is("aria-label", region) && is("role", "region") && is("class", "scroll")
    };
    parts.into_iter().find(named).map(read)
}

/// Reads up to the end of the first table.
fn read(html: &str) -> Grid {
    let mut grid = Reading::default();
    // What is passed over ends with the element that began it.
    let mut passed: Option<(&str, usize)> = None;
    for token in Tokens(html) {
        if let Some((name, deep)) = &mut passed {
            match token {
                Token::Open(tag) if name_of(tag) == *name => *deep += 1,
                Token::Close(tag) if tag == *name => *deep -= 1,
                _ => {}
            }
            passed = passed.filter(|(_, deep)| *deep > 0);
            continue;
        }
        match token {
            Token::Close("table") => break,
            Token::Open(tag) if is_passed(tag) => {
                if let Some(at) = attribute(tag, "datetime") {
                    grid.text(&at);
                }
                passed = Some((name_of(tag), 1));
            }
            Token::Open(tag) => grid.open(tag),
            Token::Close(tag) => grid.close(tag),
            Token::Text(text) => grid.text(&unescaped(text)),
        }
    }
    grid.whole()
}

/// Forms; times, which are told as machines read them; and words for what is not there, which in a file is nothing.
fn is_passed(tag: &str) -> bool {
    let name = name_of(tag);
    NOT_TOLD.contains(&name) || name == "time" || attribute(tag, "class").as_deref() == Some("nothing")
}

#[derive(Default)]
struct Reading {
    head: Vec<String>,
    rows: Vec<Vec<Raw>>,
    row: Vec<Raw>,
    cell: Option<Raw>,
    part: Part,
    /// Inside an amount, whose digits are grouped.
    money: bool,
}

#[derive(Debug, Default, Clone)]
struct Raw {
    text: String,
    number: bool,
    /// How many amounts stand in it.
    amounts: usize,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    Body,
    Foot,
}

impl Reading {
    fn open(&mut self, tag: &str) {
        match name_of(tag) {
            "tbody" => self.part = Part::Body,
            "tfoot" => self.part = Part::Foot,
            "th" | "td" => {
                let number = attribute(tag, "class").is_some_and(|class| class.split(' ').any(|word| word == "number"));
                self.cell = Some(Raw { number, ..Raw::default() });
            }
            "li" => self.between("; "),
            "p" | "div" | "br" => self.between(" "),
            "span" if attribute(tag, "class").as_deref() == Some("money") => {
                self.money = true;
                if let Some(cell) = &mut self.cell {
                    cell.amounts += 1;
                }
            }
            _ => {}
        }
    }

    fn between(&mut self, mark: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|cell| !cell.text.trim().is_empty()) {
            cell.text.push_str(mark);
        }
    }

    fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        if self.money { cell.text.push_str(&ungrouped(text)) } else { cell.text.push_str(text) }
    }

    fn close(&mut self, name: &str) {
        match name {
            "span" => self.money = false,
            "th" | "td" => {
                let mut cell = self.cell.take().unwrap_or_default();
                cell.text = cell.text.split_whitespace().collect::<Vec<_>>().join(" ");
                self.row.push(cell);
            }
            "tr" => {
                let row = std::mem::take(&mut self.row);
                match self.part {
                    Part::Head => self.head = row.into_iter().map(|cell| cell.text).collect(),
                    Part::Body => self.rows.push(row),
                    Part::Foot => {}
                }
            }
            _ => {}
        }
    }

    /// A column of amounts becomes two: a spreadsheet adds up numbers.
    fn whole(self) -> Grid {
        let column = |at: usize| self.rows.iter().filter_map(move |row| row.get(at)).filter(|cell| !cell.text.is_empty());
        let one = |cell: &Raw| cell.amounts == 1 && cell.amount().is_some();
        let money: Vec<bool> = (0..self.head.len()).map(|at| column(at).count() > 0 && column(at).all(one)).collect();
        let mut grid = Grid::default();
        for (name, money) in self.head.iter().zip(&money) {
            grid.head.push(name.clone());
            if *money {
                grid.head.push(format!("{name}: currency"));
            }
        }
        for row in &self.rows {
            let mut cells = Vec::with_capacity(grid.head.len());
            for (at, money) in money.iter().enumerate() {
                let cell = row.get(at).cloned().unwrap_or_default();
                match cell.amount().filter(|_| *money) {
                    Some((amount, currency)) => cells.extend([Cell::Number(amount.to_owned()), Cell::Words(currency.to_owned())]),
                    None if *money => cells.extend([Cell::Words(String::new()), Cell::Words(String::new())]),
                    None => cells.push(cell.plain()),
                }
            }
            grid.rows.push(cells);
        }
        grid
    }
}

impl Raw {
    /// The amount and its currency, where the cell is nothing else.
    fn amount(&self) -> Option<(&str, &str)> {
        self.text.split_once(' ').filter(|(amount, currency)| amount.parse::<f64>().is_ok() && !currency.contains(' '))
    }

    fn plain(self) -> Cell {
        let plain = ungrouped(&self.text);
        if self.number && plain.parse::<f64>().is_ok() { Cell::Number(plain) } else { Cell::Words(self.text) }
    }
}

/// A number as machines write it: without commas, and with a plain minus.
fn ungrouped(text: &str) -> String {
    text.replace(',', "").replace('\u{2212}', "-")
}

/// What a page is made of.
#[derive(Debug, PartialEq, Eq)]
enum Token<'h> {
    Text(&'h str),
    /// All between the angle brackets.
    Open(&'h str),
    /// The name.
    Close(&'h str),
}

struct Tokens<'h>(&'h str);

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        loop {
            let Some(tag) = self.0.strip_prefix('<') else {
                let (text, rest) = self.0.split_at(self.0.find('<').unwrap_or(self.0.len()));
                self.0 = rest;
                return (!text.is_empty()).then_some(Token::Text(text));
            };
            let end = end_of(tag);
            self.0 = tag.get(end + 1..).unwrap_or_default();
            let tag = &tag[..end];
            if tag.starts_with('!') {
                continue;
            }
            return Some(tag.strip_prefix('/').map_or(Token::Open(tag), |name| Token::Close(name.trim())));
        }
    }
}

/// Where a tag ends: at the first `>` outside of quotes.
fn end_of(tag: &str) -> usize {
    let mut quoted = false;
    let closing = |(_, letter): &(usize, char)| {
        quoted ^= *letter == '"';
        *letter == '>' && !quoted
    };
    tag.char_indices().find(closing).map_or(tag.len(), |(at, _)| at)
}

fn name_of(tag: &str) -> &str {
    tag.split([' ', '/', '\n']).next().unwrap_or_default()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(unescaped)
}

/// Text without the escapes that our renderer writes; what was written `&amp;lt;` is `&lt;`.
fn unescaped(text: &str) -> String {
    let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    known.iter().fold(text.to_owned(), |text, (escape, letter)| text.replace(escape, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Cell {
        Cell::Words(text.to_owned())
    }

    fn number(text: &str) -> Cell {
        Cell::Number(text.to_owned())
    }

    const PAGE: &str = r#"<div role="region" aria-label="A &amp; B" class="drawing"></div><div class="scroll" role="region" aria-label="Other" tabindex="0"><table><tbody><tr><td>no</td></tr></tbody></table></div>
        <div role="region" aria-label="A &amp; B" tabindex="0" class="scroll"><table class="rows"><thead><tr><th scope="col">What<!></th>
        <th scope="col">When</th><th scope="col" class="number">Cases</th><th scope="col" class="number">Money</th><th>All</th></tr></thead>
        <tbody><tr title="a > b"><th scope="row"><a href="/x?a=1&amp;b=2">Tom &amp;amp; &lt;Jerry&gt;</a> <span class="badge">late</span>
        <form action="/x"><button>Do</button> it</form></th>
        <td class="when"><time datetime="2026-03-02T08:15:00Z" title="x">2 Mar</time></td><td class="number">1,204</td>
        <td class="number"><span class="money">−1,250.50 <abbr class="currency">EUR</abbr></span></td>
        <td><ul class="sums"><li><span class="money">1,000.00 <abbr>EUR</abbr></span></li><li><span class="money">7 <abbr>JPY</abbr></span></li></ul></td></tr>
        <tr><th scope="row">1,204</th><td><span class="nothing">not told</span></td><td class="number">0</td><td><span class="nothing">none</span></td><td></td></tr>
        </tbody><tfoot><tr><td>sum</td></tr></tfoot></table><table><tbody><tr><td>after</td></tr></tbody></table></div>"#;

    #[test]
    fn a_table_is_found_by_its_region_and_read_as_machines_would() {
        let grid = find(PAGE, "A & B").expect("it is there");
        assert_eq!(grid.head, ["What", "When", "Cases", "Money", "Money: currency", "All"]);
        let first = ["Tom &amp; <Jerry> late", "2026-03-02T08:15:00Z"].map(words);
        let rest = [number("1204"), number("-1250.50"), words("EUR"), words("1000.00 EUR; 7 JPY")];
        assert_eq!(grid.rows[0], first.into_iter().chain(rest).collect::<Vec<_>>());
        assert_eq!(grid.rows[1], [words("1,204"), words(""), number("0"), words(""), words(""), words("")]);
        assert_eq!(grid.rows.len(), 2);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(find(PAGE, "A"), None);
        assert_eq!(find("", "A & B"), None);
    }
}
