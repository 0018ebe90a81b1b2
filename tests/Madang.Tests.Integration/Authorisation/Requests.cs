using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Authorisation;

/// <summary>A request of an operation that would succeed for somebody who may make it.</summary>
/// <param name="Id">What stands in the path for <c>{id}</c>, <c>{user_id}</c> or whatever its last placeholder is.</param>
internal sealed record Request(string? Id = null, JsonObject? Body = null, string Query = "", string BodyType = "application/json");

/// <summary>One request for each operation, by its name.</summary>
internal static class Requests
{
    private static readonly Dictionary<string, Func<Scene, Task<Request>>> All = new()
    {
        ["get_webpush_key"] = Plain(),
        ["health_live"] = Plain(),
        ["health_ready"] = Plain(),
        ["health_startup"] = Plain(),
        ["metrics"] = Plain(),
        ["read_setup"] = Plain(),
        ["complete_setup"] = Body(new() { ["token"] = MadangHost.SetupToken, ["name"] = "second", ["password"] = "a second admin's password" }),
        // A name of its own: other tests share this host.
        ["register_user"] = _ => Task.FromResult(new Request(
            Body: new JsonObject { ["name"] = "registered-" + RandomNumberGenerator.GetHexString(8, lowercase: true), ["password"] = "a registered password" })),
        ["sign_in"] = Body(new() { ["name"] = "admin", ["password"] = MadangHost.AdminPassword }),
        ["sign_out"] = Plain(),
        ["search_users"] = Plain(),
        ["read_user"] = About(scene => scene.Other.Id),
        ["read_me"] = Plain(),
        ["change_me"] = Body(new() { ["display_name"] = "Somebody else" }),
        // Who has no password cannot know it; past authorisation the answer is wrong_password.
        ["change_password"] = Body(new() { ["current_password"] = "not the password", ["new_password"] = "a quite new password" }),
        ["list_devices"] = Plain(),
        ["sign_out_others"] = Plain(),
        ["sign_out_device"] = About(_ => "1"),
        ["put_friend"] = About(scene => scene.Other.Id),
        ["delete_friend"] = About(scene => scene.Other.Id),
        ["list_friends"] = Plain(),
        ["put_follow"] = About(scene => scene.Other.Id),
        ["delete_follow"] = About(scene => scene.Other.Id),
        ["list_follows"] = Plain(),
        ["put_mute"] = About(scene => scene.Other.Id),
        ["delete_mute"] = About(scene => scene.Other.Id),
        ["list_mutes"] = Plain(),
        ["put_block"] = About(scene => scene.Other.Id),
        ["delete_block"] = About(scene => scene.Other.Id),
        ["list_blocks"] = Plain(),
        ["create_list"] = _ => Task.FromResult(new Request(Body: new() { ["title"] = "matrix-" + RandomNumberGenerator.GetHexString(8) })),
        ["list_lists"] = Plain(),
        // The list is somebody else's, and so as good as none.
        ["change_list"] = async scene => new(await ListAsync(scene), new() { ["title"] = "Another title" }),
        ["delete_list"] = async scene => new(await ListAsync(scene)),
        ["list_list_members"] = async scene => new(await ListAsync(scene)),
        ["put_list_member"] = async scene => new($"{await ListAsync(scene)} {scene.Other.Id}"),
        ["delete_list_member"] = async scene => new($"{await ListAsync(scene)} {scene.Other.Id}"),
        ["follow_tag"] = About(_ => "마당"),
        ["unfollow_tag"] = About(_ => "마당"),
        ["list_my_tags"] = Plain(),
        ["export_follows"] = Plain(),
        ["export_mutes"] = Plain(),
        ["export_blocks"] = Plain(),
        ["export_lists"] = Plain(),
        // Nobody has such a name: past authorisation the row is told of.
        ["import_follows"] = Csv(),
        ["import_mutes"] = Csv(),
        ["import_blocks"] = Csv(),
        ["import_lists"] = Csv(),
        ["subscribe_to_user"] = About(scene => scene.Other.Id),
        ["unsubscribe_from_user"] = About(scene => scene.Other.Id),
        ["list_my_subscriptions"] = Plain(),
        ["create_report"] = scene => Task.FromResult(new Request(Body: new() { ["user_id"] = scene.Other.Id, ["reason"] = "spam" })),
        ["list_reports"] = Plain(),
        ["get_report"] = async scene => new(await ReportAsync(scene)),
        ["close_report"] = async scene => new(await ReportAsync(scene), new() { ["state"] = "dismissed" }),
        ["hide_post"] = async scene => new(await PostOfOwnerAsync(scene)),
        ["restore_post"] = async scene => new(await PostOfOwnerAsync(scene)),
        ["suspend_user"] = About(scene => scene.Other.Id),
        ["restore_user"] = About(scene => scene.Other.Id),
        ["list_moderation"] = Plain(),
        ["mint_token"] = scene => Task.FromResult(new Request(Body: new() { ["user_id"] = scene.Other.Id })),
        ["create_api_key"] = Body(new() { ["name"] = "key", ["role"] = "user" }),
        ["list_api_keys"] = Plain(),
        ["delete_api_key"] = async scene => new(await scene.MadeAsync("/v1/admin/api-keys", new() { ["name"] = "key", ["role"] = "user" })),
        ["create_invite"] = Body([]),
        ["list_invites"] = Plain(),
        ["delete_invite"] = async scene => new(await scene.MadeAsync("/v1/admin/invites", [])),
        ["change_user"] = scene => Task.FromResult(new Request(scene.Other.Id, new() { ["role"] = "moderator" })),
        ["reset_password"] = scene => Task.FromResult(new Request(scene.Other.Id, new() { ["new_password"] = "a password for another" })),
        ["sign_out_user"] = About(scene => scene.Other.Id),
        ["list_queues"] = Plain(),
        ["replay_queue"] = About(_ => "retention"),
        ["list_delivery_queues"] = Plain(),
        ["pause_delivery_queue"] = scene => Task.FromResult(new Request("nobody", Body: [])),
        ["resume_delivery_queue"] = About(_ => "nobody"),
        ["list_deliveries"] = Plain(),
        ["get_delivery"] = About(_ => "1"),
        ["replay_deliveries"] = Body(new() { ["filter"] = new JsonObject(), ["dry_run"] = true }),
        ["resolve_delivery"] = scene => Task.FromResult(new Request("1", Body: new() { ["arrived"] = true })),
        ["list_jobs"] = Plain(),
        ["get_job"] = About(_ => "1"),
        ["cancel_job"] = About(_ => "1"),
        ["replay_job"] = About(_ => "1"),
        // Past authorisation the answer is source_refused: the address is not public.
        ["create_source"] = Body(new() { ["url"] = Hook }),
        ["list_sources"] = Plain(),
        ["get_source"] = About(_ => "1"),
        ["delete_source"] = About(_ => "1"),
        ["export_sources"] = Plain(),
        // Past authorisation the answer is invalid_fields: JSON is no OPML.
        ["import_sources"] = Body(new()),
        ["get_home_atom"] = About(_ => "mdf_none"),
        ["get_home_json"] = About(_ => "mdf_none"),
        ["renew_feed_token"] = Plain(),
        ["get_feed_token"] = Plain(),
        ["delete_feed_token"] = Plain(),
        ["get_feed_atom"] = About(scene => scene.Other.Id),
        ["get_feed_json"] = About(scene => scene.Other.Id),
        ["create_webhook"] = Body(new() { ["url"] = Hook }),
        ["list_webhooks"] = Plain(),
        ["get_webhook"] = Webhook(),
        ["change_webhook"] = Webhook(new() { ["description"] = "another" }),
        ["delete_webhook"] = Webhook(),
        ["rotate_webhook_secret"] = Webhook([]),
        ["test_webhook"] = Webhook(),
        ["list_webhook_deliveries"] = Webhook(),
        ["get_webhook_delivery"] = async scene => new(await scene.MadeAsync("/v1/webhooks", new() { ["url"] = Hook }) + " 1"),
        ["resend_webhook_delivery"] = async scene => new(await scene.MadeAsync("/v1/webhooks", new() { ["url"] = Hook }) + " 1"),
        ["resend_webhook"] = Webhook(new() { ["since"] = "2026-01-31T09:00:00Z" }),
        ["list_categories"] = Plain(),
        ["get_category"] = About(_ => "security"),
        ["put_category"] = _ => Task.FromResult(new Request("matrix", new() { ["titles"] = new JsonObject { ["en"] = "Matrix" }, ["channels"] = new JsonArray("inbox") })),
        ["delete_category"] = About(_ => "no-such-category"),
        ["get_my_preferences"] = Plain(),
        ["put_my_preferences"] = Body(new() { ["channels"] = new JsonObject { ["sms"] = false } }),
        ["get_preferences"] = About(scene => scene.Other.Id),
        ["put_push_address"] = _ => Task.FromResult(new Request(
            "current", new() { ["kind"] = "fcm", ["token"] = "matrix-" + RandomNumberGenerator.GetHexString(16), ["app"] = "matrix" })),
        ["delete_push_address"] = About(_ => "1"),
        ["list_my_addresses"] = Plain(),
        ["get_my_address"] = About(_ => "email"),
        // This server has no mail server to send a code by: what is right in every other way conflicts with that.
        ["put_my_address"] = _ => Task.FromResult(new Request("email", new() { ["value"] = "matrix@example.org" })),
        // Nobody told it a code: past authorisation the answer is verification_failed.
        ["verify_my_address"] = _ => Task.FromResult(new Request("phone", new() { ["code"] = "000000" })),
        ["delete_my_address"] = About(_ => "phone"),
        ["list_addresses"] = About(scene => scene.Other.Id),
        ["put_address"] = scene => Task.FromResult(new Request($"{scene.Other.Id} email", new() { ["value"] = "matrix@example.org" })),
        ["delete_address"] = About(scene => $"{scene.Other.Id} phone"),
        ["list_suppressions"] = Plain(),
        // Any body will do: what is no report is answered so.
        ["post_inbound_mail"] = _ => Task.FromResult(new Request(Body: new() { ["no"] = "report" }, BodyType: "message/rfc822")),
        ["create_suppression"] = Body(new() { ["kind"] = "email", ["value"] = "nobody@example.org" }),
        ["delete_suppression"] = About(_ => "1"),
        ["send_notification"] = scene => Task.FromResult(new Request(Body: Notification(scene))),
        ["send_notifications"] = scene => Task.FromResult(new Request(Body: new() { ["notifications"] = new JsonArray(Notification(scene)) })),
        ["list_notifications"] = Plain(),
        ["explain_notification"] = async scene => new(await scene.MadeAsync("/v1/notifications", Notification(scene))),
        ["cancel_notification"] = async scene => new(await scene.MadeAsync("/v1/notifications", Notification(scene))),
        ["list_my_notifications"] = Plain(),
        ["get_my_badge"] = Plain(),
        ["read_my_notifications"] = Body(new() { ["up_to"] = "1" }),
        // Nobody has an item of this id.
        ["delete_my_notification"] = About(_ => "1"),
        ["create_audience"] = _ => Task.FromResult(new Request(Body: Topic())),
        ["list_audiences"] = Plain(),
        ["get_audience"] = async scene => new(await TopicAsync(scene)),
        ["change_audience"] = async scene => new(await TopicAsync(scene), new() { ["title"] = "Another title" }),
        ["delete_audience"] = async scene => new(await TopicAsync(scene)),
        ["list_audience_members"] = async scene => new(await TopicAsync(scene)),
        ["count_recipients"] = Plain(),
        ["move_audience_members"] = async scene => new(await TopicAsync(scene), new() { ["add"] = new JsonArray(scene.Other.Id) }),
        ["list_my_topics"] = Plain(),
        ["join_topic"] = async scene => new(await TopicAsync(scene)),
        ["leave_topic"] = async scene => new(await TopicAsync(scene)),
        ["list_templates"] = Plain(),
        ["get_template"] = About(_ => "message"),
        ["list_template_versions"] = About(_ => "message"),
        ["put_template"] = _ => Task.FromResult(new Request("matrix", new() { ["parts"] = new JsonObject { ["en"] = new JsonObject { ["title"] = "t", ["body"] = "b" } } })),
        ["delete_template"] = About(_ => "nobody-has-this"),
        ["preview_template"] = _ => Task.FromResult(new Request("message", new() { ["data"] = new JsonObject { ["sender"] = "a", ["text"] = "b" } })),
        ["test_template"] = _ => Task.FromResult(new Request("nobody-has-this", [])),
        ["track_open"] = About(_ => "AAAA.gif"),
        ["track_click"] = About(_ => "AAAA"),
        ["show_unsubscribe"] = About(_ => "AAAA"),
        ["unsubscribe"] = About(_ => "AAAA"),
        ["report_notification_event"] = _ => Task.FromResult(new Request("1", new() { ["type"] = "opened" })),
        ["report_conversion"] = Body(new() { ["notification_id"] = "1", ["name"] = "purchase" }),
        ["get_funnel"] = _ => Task.FromResult(new Request(Query: "?campaign=spring")),
        ["create_room"] = scene => Task.FromResult(new Request(Body: new() { ["kind"] = "direct", ["user_ids"] = new JsonArray(scene.Other.Id) })),
        ["list_rooms"] = Plain(),
        ["get_room"] = About(scene => scene.Room),
        ["update_room"] = scene => Task.FromResult(new Request(scene.Room, new() { ["title"] = "Another title" })),
        ["put_member"] = scene => Task.FromResult(new Request($"{scene.Room} {scene.Other.Id}", [])),
        ["remove_member"] = About(scene => $"{scene.Room} {scene.Bystander.Id}"),
        ["post_message"] = scene => Task.FromResult(new Request(scene.Room, new() { ["client_id"] = "matrix", ["text"] = "may I?" })),
        ["list_messages"] = About(scene => scene.Room),
        ["read_room"] = scene => Task.FromResult(new Request(scene.Room, new() { ["seq"] = 1 })),
        ["type_in_room"] = About(scene => scene.Room),
        // What is asked about is a public post of somebody else; the drafts are those of who asks.
        ["publish_post"] = Body(new() { ["client_id"] = "matrix", ["text"] = "may I?" }),
        ["get_post"] = async scene => new(await scene.PostAsync()),
        ["edit_post"] = async scene => new(await scene.PostAsync(), new() { ["text"] = "mine now" }),
        ["delete_post"] = async scene => new(await scene.PostAsync()),
        ["list_post_versions"] = async scene => new(await scene.PostAsync()),
        ["share_post"] = async scene => new(await scene.PostAsync(), new() { ["client_id"] = "matrix" }),
        ["unshare_post"] = async scene => new(await scene.PostAsync()),
        ["comment_post"] = async scene => new(await scene.PostAsync(), new() { ["client_id"] = "matrix", ["text"] = "may I?" }),
        ["list_comments"] = async scene => new(await scene.PostAsync()),
        ["like_post"] = async scene => new(await scene.PostAsync()),
        ["unlike_post"] = async scene => new(await scene.PostAsync()),
        ["react_to_post"] = async scene => new($"{await scene.PostAsync()} love"),
        ["unreact_to_post"] = async scene => new($"{await scene.PostAsync()} love"),
        ["list_reactions"] = async scene => new(await scene.PostAsync()),
        ["bookmark_post"] = async scene => new(await scene.PostAsync()),
        ["unbookmark_post"] = async scene => new(await scene.PostAsync()),
        ["list_posts_of_user"] = About(scene => scene.Owner.Id),
        ["list_my_bookmarks"] = Plain(),
        ["create_draft"] = Body(new() { ["text"] = "later" }),
        ["list_my_drafts"] = Plain(),
        ["get_draft"] = async scene => new(await scene.DraftAsync()),
        ["put_draft"] = async scene => new(await scene.DraftAsync(), new() { ["text"] = "later still" }),
        ["delete_draft"] = async scene => new(await scene.DraftAsync()),
        ["publish_draft"] = async scene => new(await scene.DraftAsync(), []),
        ["sync"] = Plain(),
        ["ack_sync"] = async scene => new(Body: new() { ["cursor"] = scene.Asking.Token.Length == 0 ? "" : (string)(await MadangHost.GetAsync(scene.Asking.Http, "/v1/sync"))["cursor"]! }),
        // Not an address of the internet: past authorisation the answer is preview_address_refused.
        ["get_preview"] = _ => Task.FromResult(new Request(Query: "?url=http://10.0.0.1/")),
        // No node of this server crawls, so a crawl stays in the state that it was given.
        ["start_crawl"] = Body(Seeds()),
        ["list_crawls"] = Plain(),
        ["get_crawl"] = async scene => new(await CrawlAsync(scene)),
        ["delete_crawl"] = async scene => new(await CrawlAsync(scene, "stop")),
        ["pause_crawl"] = async scene => new(await CrawlAsync(scene)),
        ["resume_crawl"] = async scene => new(await CrawlAsync(scene, "pause")),
        ["stop_crawl"] = async scene => new(await CrawlAsync(scene)),
        ["follow_crawl"] = async scene => new(await CrawlAsync(scene)),
        ["export_crawl"] = async scene => new(await CrawlAsync(scene)),
        ["read_feed"] = Plain(),
        ["explain_feed"] = _ => Task.FromResult(new Request(Query: "?post_id=1")),
        ["read_feed_mark"] = Plain(),
        ["put_feed_mark"] = Body(new() { ["post_id"] = "1" }),
        ["read_list_feed"] = About(_ => "1"),
        ["list_posts_of_tag"] = About(_ => "madang"),
        ["search_posts"] = _ => Task.FromResult(new Request(Query: "?q=courtyard")),
        ["search_pages"] = _ => Task.FromResult(new Request(Query: "?q=courtyard")),
        ["list_crawled_pages"] = async scene => new(await CrawlAsync(scene)),
        // Nobody has taken the crawl up: past authorisation the answer is crawl_not_started.
        ["explain_url"] = async scene => new(await CrawlAsync(scene), Query: "?url=https://example.org/"),
        ["list_crawl_hosts"] = async scene => new(await CrawlAsync(scene)),
        // Without a WebSocket handshake: past authorisation the answer is not_a_websocket.
        ["socket"] = Plain(),
    };

    public static bool Knows(string operation) => All.ContainsKey(operation);

    public static Task<Request> OfAsync(string operation, Scene scene) => All[operation](scene);

    private static JsonObject Notification(Scene scene) => new()
    {
        ["category"] = "mention",
        ["content"] = new JsonObject { ["title"] = "Matrix", ["body"] = "may I?" },
        ["to"] = new JsonObject { ["user_ids"] = new JsonArray(scene.Other.Id) },
    };

    private static JsonObject Topic() => new()
    {
        ["name"] = "matrix-" + RandomNumberGenerator.GetHexString(8, lowercase: true),
        ["kind"] = "topic",
        ["title"] = "Matrix",
        ["open"] = true,
    };

    private static async Task<string> TopicAsync(Scene scene)
    {
        var topic = Topic();
        await scene.MadeAsync("/v1/admin/audiences", topic);
        return (string)topic["name"]!;
    }

    private static async Task<string> ReportAsync(Scene scene) => (string)(await MadangHost.PostAsync(
        scene.Owner.Http, "/v1/reports", new JsonObject { ["user_id"] = scene.Other.Id, ["reason"] = "other" }))["id"]!;

    private static async Task<string> PostOfOwnerAsync(Scene scene) => (string)(await MadangHost.PostAsync(
        scene.Owner.Http, "/v1/posts", new JsonObject { ["client_id"] = "matrix-" + RandomNumberGenerator.GetHexString(8), ["text"] = "may I?" }))["id"]!;

    private static async Task<string> ListAsync(Scene scene) =>
        (string)(await MadangHost.PostAsync(scene.Owner.Http, "/v1/lists", new JsonObject { ["title"] = "Matrix" }))["id"]!;

    private static Func<Scene, Task<Request>> Csv() => _ => Task.FromResult(new Request(Body: new() { ["no"] = "name" }, BodyType: "text/csv"));

    private static JsonObject Seeds() => new() { ["seeds"] = new JsonArray("https://example.org/") };

    private static async Task<string> CrawlAsync(Scene scene, string? then = null)
    {
        var crawl = await scene.MadeAsync("/v1/crawls", Seeds());
        return then is null ? crawl : await scene.MadeAsync($"/v1/crawls/{crawl}/{then}", []);
    }

    private static Func<Scene, Task<Request>> Plain() => _ => Task.FromResult(new Request());

    // Nobody is there, and nothing leaves this machine: the address is not public.
    private const string Hook = "http://127.0.0.1:8080/";

    private static Func<Scene, Task<Request>> Webhook(JsonObject? body = null) =>
        async scene => new(await scene.MadeAsync("/v1/webhooks", new() { ["url"] = Hook }), (JsonObject?)body?.DeepClone());

    private static Func<Scene, Task<Request>> About(Func<Scene, string> id) => scene => Task.FromResult(new Request(id(scene)));

    private static Func<Scene, Task<Request>> Body(JsonObject body) => _ => Task.FromResult(new Request(Body: (JsonObject)body.DeepClone()));
}
