//! A drawing by itself: with the looks that a page's style sheet gives it.

/// The looks, as `style/main.css` has them in the light.
const LOOKS: &str = "\
text{font:12px system-ui,sans-serif;fill:#55606a;stroke:none}\
.grid{stroke:#dfe3e7}.axis{stroke:#7d8790}\
.series{fill:none;stroke-width:1.75;stroke-linejoin:round}\
polyline.series-1{stroke:#1b568f}\
polyline.series-2{stroke:#a4500f;stroke-dasharray:5 3}\
polyline.series-3{stroke:#5b3d8f;stroke-dasharray:1.5 3}\
text.series-1,circle.series-1{fill:#1b568f}text.series-2,circle.series-2{fill:#a4500f}text.series-3,circle.series-3{fill:#5b3d8f}\
.few .dot{fill-opacity:.4}.hit{fill:none}\
.target:not(text){fill:none;stroke:#17663a;stroke-width:1.5;stroke-dasharray:8 4}text.target{fill:#17663a}\
.block{fill:#1b568f}.block.whole{fill:#55606a}text.value{fill:#1a2026}";

/// The drawing, a complete `<svg>` element of this module, as a file: on white, with its own looks.
pub fn alone(drawing: &str) -> String {
    let (head, body) = drawing.split_once('>').unwrap_or((drawing, ""));
    format!(r##"{head}><style>{LOOKS}</style><rect width="100%" height="100%" fill="#ffffff"/>{body}"##)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::PathBuf};

    #[test]
    fn a_drawing_alone_looks_as_on_the_page() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../style/main.css");
        let style = fs::read_to_string(path).expect("the style sheet is there");
        let light = style.split("@media").next().expect("tokens come first");
        for color in LOOKS.split('#').skip(1) {
            assert!(light.contains(&format!("#{};", &color[..6])), "#{color} is no colour of ours");
        }
    }

    #[test]
    fn the_looks_stand_before_all_that_is_drawn() {
        let file = alone(&super::super::framed((10, 20), "a > b", "c", "<g/>"));
        let (style, drawn) = (file.find("<style>").expect("looks"), file.find("<title>").expect("words"));
        assert!(file.starts_with("<svg ") && style < drawn && file.ends_with("<g/></svg>"), "{file}");
    }
}
