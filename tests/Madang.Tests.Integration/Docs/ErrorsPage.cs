using System.Globalization;
using System.Text;
using Madang.Accounts;
using Madang.Api;
using Madang.Chat;
using Madang.Crawler;
using Madang.Crawler.Previews;
using Madang.Feeds;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Realtime;
using Madang.Webhooks;

namespace Madang.Tests.Integration.Docs;

/// <summary>docs/errors.md, from the modules' tables of refusals.</summary>
internal static class ErrorsPage
{
    public static IReadOnlyList<(string Of, IReadOnlyList<Error> Errors)> Tables { get; } =
    [
        ("Every address", ApiErrors.All),
        ("People", AccountsErrors.All),
        ("Realtime", RealtimeErrors.All),
        ("Chat", ChatErrors.All),
        ("Feeds", FeedsErrors.All),
        ("Notifications", NotificationsErrors.All),
        ("Crawler", CrawlerErrors.All),
        ("Webhooks", WebhooksErrors.All),
        ("Jobs", JobsErrors.All),
        ("Previews", PreviewErrors.All),
    ];

    private static readonly (string Code, string Meaning)[] FieldCodes =
    [
        ("required", "The field is missing or empty."),
        ("too_long", "It holds more than it may; `detail` gives the bound."),
        ("too_short", "It holds less than it must."),
        ("invalid", "It is of the wrong kind, or cannot be read."),
        ("out_of_range", "A number outside its bounds."),
        ("unknown_value", "Not one of the words that are known here."),
        ("operator_only", "Only the operator of the machine may set it."),
        ("weak_password", "A password that is guessed first, or that holds the name."),
    ];

    public static string Write()
    {
        var page = new StringBuilder(
            """
            # Errors

            <!-- Generated from the modules' tables; MADANG_UPDATE_DOCS=1 with the integration tests writes it anew. -->

            A refusal is `application/problem+json` (RFC 9457): `type` leads to a row of this page, `code` is stable and what a program looks at, `title` is a sentence for who reads a log,
            `detail` says what was wrong this time, `errors` names the fields. With `Retry-After` comes `retry_after_ms`. The socket sends the same codes in its `error` frames.

            """.ReplaceLineEndings("\n"));
        foreach (var (of, errors) in Tables)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {of}\n\n| Code | Status | Meaning |\n|---|---|---|\n");
            foreach (var error in errors)
            {
                page.Append(CultureInfo.InvariantCulture, $"| `{error.Code}` | {error.Status} | {error.Title} |\n");
            }
        }

        page.Append("\n## Fields\n\nThe `code` of an entry of `errors`, under `invalid_fields`:\n\n| Code | Meaning |\n|---|---|\n");
        foreach (var (code, meaning) in FieldCodes)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{code}` | {meaning} |\n");
        }

        return page.ToString();
    }
}
