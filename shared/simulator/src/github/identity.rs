//! Who makes the request: `/user`, `/app`, and the app's installation on a repository.

use serde_json::{Value, json};

use super::GitHub;
use super::auth::Caller;
use super::reply::{Answer, Reply};
use super::route::Ask;
use super::settings::{GitHubApp, Repository};
use super::wire;

/// When everything here was created. Nothing depends on it.
const BEGAN: &str = "2020-01-01T00:00:00Z";

impl GitHub {
    /// `GET /user`: only for a person's token.
    pub(super) fn who(&self, ask: &Ask) -> Answer {
        let Caller::User = ask.caller else {
            return Err(Reply::refusal(403, "Resource not accessible by integration"));
        };
        let mut who = wire::user(&self.settings().actor, "User", &self.settings().api_url);
        let more = json!({
            "name": null, "company": null, "blog": "", "location": null, "email": null, "hireable": null, "bio": null,
            "twitter_username": null, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            "created_at": BEGAN, "updated_at": BEGAN,
        });
        merge(&mut who, more);
        Ok(Reply::json(200, who))
    }

    /// `GET /app`
    pub(super) fn show_app(&self) -> Answer {
        let app = self.app()?;
        let page = format!("https://github.com/apps/{}", app.slug);
        Ok(Reply::json(
            200,
            json!({
                "id": app.app_id, "slug": app.slug, "node_id": "A_kwDO1", "client_id": app.client_id,
                "owner": wire::user("acme", "Organization", &self.settings().api_url), "name": app.slug,
                "description": null, "external_url": page, "html_url": page, "created_at": BEGAN,
                "updated_at": BEGAN, "permissions": app.permissions, "events": ["workflow_job", "workflow_run"],
                "installations_count": 1,
            }),
        ))
    }

    /// `GET /repos/{owner}/{repo}/installation`
    pub(super) fn installation(&self, repository: &Repository) -> Answer {
        let app = self.app()?;
        if self.settings().not_installed {
            return Err(Reply::not_found());
        }
        let (api, id) = (&self.settings().api_url, app.installation_id);
        Ok(Reply::json(
            200,
            json!({
                "id": id, "account": wire::user(&repository.owner, "Organization", api),
                "access_tokens_url": format!("{api}/app/installations/{id}/access_tokens"),
                "repositories_url": format!("{api}/installation/repositories"),
                "html_url": format!("https://github.com/settings/installations/{id}"),
                "repository_selection": "all", "app_id": app.app_id, "target_id": 1, "target_type": "Organization",
                "permissions": app.permissions, "events": ["workflow_job", "workflow_run"], "created_at": BEGAN,
                "updated_at": BEGAN, "single_file_name": null, "app_slug": app.slug, "suspended_by": null,
                "suspended_at": null,
            }),
        ))
    }

    fn app(&self) -> Result<&GitHubApp, Reply> {
        self.settings().app.as_ref().ok_or_else(Reply::not_found)
    }
}

fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}
