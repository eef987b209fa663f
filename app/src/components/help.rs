//! The keyboard, explained; and the switch that turns single keys off (WCAG 2.1.4).

use crate::browser;
use crate::components::erased::Erase;
use leptos::prelude::*;

/// The dialog behind `?`.
pub(crate) fn help() -> AnyView {
    let row = |keys: &'static str, what: &'static str| {
        let keys: Vec<_> = keys.split("  ").map(|key| view! { <kbd>{key}</kbd> }).collect();
        view! { <tr><th scope="row">{keys}</th><td>{what}</td></tr> }
    };
    let single = RwSignal::new(true);
    Effect::new(move |_| single.set(browser::single_keys()));
    view! {
        <dialog id="help" aria-labelledby="help-title">
            <h2 id="help-title">"Keyboard"</h2>
            <table>
                <tbody>
                    {row("Ctrl K  ⌘ K  /", "Find by any reference")}
                    {row("j  k", "Next and previous row")}
                    {row("Enter", "Open the row")}
                    {row("g h  g o  g s  g e  g q", "Go to Home, Overview, Shipments, Exceptions, Quarantine")}
                    {row("x", "Select the row")}
                    {row("a  s  e  r", "Exceptions: assign to me, snooze, say it is solved, replay")}
                    {row("z", "Undo what was just done")}
                    {row("?", "This help")}
                    {row("Esc", "Close")}
                </tbody>
            </table>
            <label class="check">
                <input type="checkbox" prop:checked=move || single.get() on:change=move |event| {
                    let on = event_target_checked(&event);
                    browser::set_single_keys(on);
                    single.set(on);
                }/>
                "Single keys work on this device"
            </label>
            <form method="dialog"><button type="submit">"Close"</button></form>
        </dialog>
    }
    .erased()
}
