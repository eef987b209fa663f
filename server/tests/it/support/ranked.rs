//! Lists that are ranked by age, as what is in them at any time: their rows in an order of their own, without how old they are.

use serde_json::Value;

/// Columns that tell how old a row is.
const COLUMNS: [&str; 2] = ["Age", "Oldest"];
/// Fields that do.
const FIELDS: [&str; 2] = ["age", "oldest"];

/// A page, or an answer in JSON.
pub(crate) fn at_any_time(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(mut answer) => {
            settle(&mut answer);
            answer.to_string()
        }
        Err(_) => page(text),
    }
}

fn settle(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(settle),
        Value::Array(rows) => {
            rows.iter_mut().for_each(settle);
            let mut ranked = false;
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                ranked |= FIELDS.iter().filter(|field| row.remove(**field).is_some()).count() > 0;
            }
            if ranked {
                rows.sort_by_key(Value::to_string);
            }
        }
        _ => {}
    }
}

fn page(text: &str) -> String {
    let mut parts = text.split("<table");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (table, after) = part.split_once("</table>").unwrap_or((part, ""));
        whole.extend(["<table", &*ranked(table).unwrap_or_else(|| table.to_owned()), "</table>", after]);
    }
    whole
}

/// A table that has a column of ages; none: it has none.
fn ranked(table: &str) -> Option<String> {
    let (head, body) = table.split_once("<tbody>")?;
    let (body, foot) = body.split_once("</tbody>")?;
    let name = |cell: &str| cell.split(['>', '<']).nth(2).is_some_and(|name| COLUMNS.contains(&name));
    let age = cells(head).into_iter().position(name)?;
    let row = |row: &str| {
        let mut cells = cells(row);
        assert!(cells.len() > age, "a row has all columns: {row}");
        cells.remove(age);
        cells.concat()
    };
    let mut rows: Vec<String> = body.split("<tr").skip(1).map(row).collect();
    rows.sort();
    Some([head, &rows.join("\n"), foot].concat())
}

fn cells(row: &str) -> Vec<&str> {
    let begins = |at: usize| ["<td ", "<td>", "<th ", "<th>"].iter().any(|tag| row[at..].starts_with(tag));
    let starts: Vec<usize> = row.match_indices("<t").map(|(at, _)| at).filter(|at| begins(*at)).collect();
    let ends = starts.iter().skip(1).copied().chain([row.len()]);
    starts.iter().zip(ends).map(|(start, end)| &row[*start..end]).collect()
}

#[test]
fn what_is_ranked_is_compared_by_what_is_in_it() {
    let table = |rows: &[(&str, &str)]| {
        let row = |(name, age): &(&str, &str)| format!("<tr><th scope=\"row\">{name}</th><td>{age}</td><td>R1</td></tr>");
        let rows: String = rows.iter().map(row).collect();
        format!(
            "<p>1</p><table><thead><tr><th>Name</th><th class=\"number\">Age</th><th>Place</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    };
    let answer = |rows: &[(&str, &str)]| {
        let rows: Vec<Value> =
            rows.iter().map(|(name, age)| serde_json::json!({ "id": name, "age": age, "place": "R1" })).collect();
        serde_json::json!({ "items": rows, "total": 2 }).to_string()
    };
    for list in [&table as &dyn Fn(&[(&str, &str)]) -> String, &answer] {
        let shown = |rows: &[(&str, &str)]| at_any_time(&list(rows));
        let right = shown(&[("a", "59 min"), ("b", "3 s")]);
        assert_eq!(shown(&[("b", "1 min"), ("a", "1 h")]), right);
        for other in
            [&[("a", "59 min")] as &[_], &[("a", "59 min"), ("c", "3 s")], &[("a", "59 min"), ("b", "3 s"), ("b", "3 s")]]
        {
            assert_ne!(shown(other), right);
        }
    }
    // Where nothing is as old as it is, the order counts.
    let plain = |rows: &[&str]| {
        at_any_time(&serde_json::json!(rows.iter().map(|id| serde_json::json!({ "id": id })).collect::<Vec<_>>()).to_string())
    };
    assert_ne!(plain(&["a", "b"]), plain(&["b", "a"]));
    let unranked = |page: String| at_any_time(&page.replace(">Age<", ">Weight<"));
    assert_ne!(unranked(table(&[("a", "1"), ("b", "2")])), unranked(table(&[("b", "2"), ("a", "1")])));
}
