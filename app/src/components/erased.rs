//! Views without their type, and parts of a page that wait for data: each machine is compiled once.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        ssr::StreamBuilder,
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};
use std::{future::Future, pin::Pin};

/// A part of a page under way.
pub(crate) type Later = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows `view` when its data is there, and until then `fallback`; new data replaces old without a gap.
pub(crate) fn awaited(fallback: fn() -> AnyView, view: impl Fn() -> Later + Send + Sync + 'static) -> AnyView {
    awaited_once(fallback, Box::new(view))
}

fn awaited_once(fallback: fn() -> AnyView, view: Box<dyn Fn() -> Later + Send + Sync>) -> AnyView {
    view! { <Transition fallback=fallback>{move || Suspend::new(view())}</Transition> }.erased()
}

/// No fallback.
pub(crate) fn blank() -> AnyView {
    ().erased()
}

/// Forgets a view's type, as `into_any` does.
pub(crate) trait Erase {
    /// The view without its type.
    fn erased(self) -> AnyView;
}

impl<T: RenderHtml + Send> Erase for T {
    fn erased(self) -> AnyView {
        Lean(self).into_any()
    }
}

/// A view that hydrates in one way only. `AnyView` keeps a second, asynchronous one for lazily loaded routes, of which
/// there are none here; it took a fifth of the wasm.
struct Lean<T>(T);

impl<T: Render> Render for Lean<T> {
    type State = T::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<T: AddAnyAttr> AddAnyAttr for Lean<T> {
    type Output<NewAttr: Attribute> = Lean<T::Output<NewAttr>>;

    fn add_any_attr<NewAttr: Attribute>(self, attr: NewAttr) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        Lean(self.0.add_any_attr(attr))
    }
}

impl<T: RenderHtml + Send> RenderHtml for Lean<T> {
    type AsyncOutput = T::AsyncOutput;
    type Owned = Lean<T::Owned>;

    const MIN_LENGTH: usize = T::MIN_LENGTH;
    const EXISTS: bool = T::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    fn resolve(self) -> impl Future<Output = Self::AsyncOutput> + Send {
        self.0.resolve()
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(buf, position, escape, mark_branches, extra_attrs);
    }

    // Not inlined: both ways of `AnyView` end here, and the code is large.
    #[inline(never)]
    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        Lean(self.0.into_owned())
    }
}
