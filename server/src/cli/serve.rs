use crate::{config::Settings, startup};

/// Serve pages, API and live updates.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// What this process does, of http, intake and worker.
    #[arg(long, value_name = "ROLE,ROLE")]
    roles: Option<String>,
    /// A proxy in front terminates TLS.
    #[arg(long)]
    behind_proxy: bool,
    /// Fill the demo environment with data that keeps flowing, and people to sign in as.
    #[arg(long)]
    demo: bool,
}

impl Args {
    pub(super) fn settings(&self) -> Vec<String> {
        let listen = self.listen.iter().map(|address| format!("listen={address}"));
        let roles = self.roles.iter().map(|roles| format!("roles={roles}"));
        listen.chain(roles).chain(self.behind_proxy.then(|| "behind_proxy=true".to_owned())).collect()
    }
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let content = if args.demo { startup::Content::Demo } else { startup::Content::Own };
    startup::serve(settings, content).await
}
