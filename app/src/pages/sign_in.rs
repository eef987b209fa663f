use crate::components::erased::Erase;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Name and password; the server's own handler answers the form.
pub(crate) fn sign_in() -> AnyView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next")).unwrap_or_default();
    let refusal = query.with_untracked(|query| query.get_str("error").map(refusal));
    let refused = refusal.is_some();
    view! {
        <Title text="Sign in"/>
        <div class="sign-in">
            <p class="brand">"Waybill"</p>
            <h1>"Sign in"</h1>
            {refusal.map(|text| view! { <p class="flash bad" role="alert" id="refusal">{text}</p> })}
            <form action=paths::SIGN_IN method="post">
                <input type="hidden" name="next" value=next/>
                <label class="field">
                    <span>"Name"</span>
                    <input name="name" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus
                        aria-invalid=refused.then_some("true") aria-describedby=refused.then_some("refusal")/>
                </label>
                <label class="field">
                    <span>"Password"</span>
                    <input name="password" type="password" autocomplete="current-password" required
                        aria-invalid=refused.then_some("true") aria-describedby=refused.then_some("refusal")/>
                </label>
                <button type="submit" class="primary">"Sign in"</button>
            </form>
            <p class="quiet">"From dispatch to cash: what is late, what waits for a paper, whose move it is."</p>
        </div>
    }
    .erased()
}

fn refusal(code: &str) -> &'static str {
    match code {
        "too_many" => "Too many tries. Wait a minute, then try again.",
        _ => "That name and password do not fit together, or the account is disabled.",
    }
}
