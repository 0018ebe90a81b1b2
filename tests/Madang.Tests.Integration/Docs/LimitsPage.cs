using System.Globalization;
using System.Text;
using Madang.Accounts;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Chat;
using Madang.Crawler.Previews;
using Madang.Edge;
using Madang.Jobs;
using Madang.Realtime;

namespace Madang.Tests.Integration.Docs;

/// <summary>docs/limits.md, from the constants and the defaults of the options that enforce them.</summary>
internal static class LimitsPage
{
    private static readonly WriteLimitOptions Writes = new();
    private static readonly RealtimeOptions Realtime = new();
    private static readonly ChatOptions Chat = new();
    private static readonly AccountsOptions Accounts = new();

    private static IEnumerable<(string What, string Limit, string Answer)> Rows =>
    [
        ("Body of a request", Bytes(Listening.MaxBodyBytes), "`body_too_large`"),
        ("Headers of a request", $"{Bytes(Listening.MaxHeaderBytes)}, {Listening.MaxHeaders} of them", "431, the connection ends"),
        ("Time to send the headers", Seconds(Listening.HeaderTimeout), "408, the connection ends"),
        ("Time for a request (not for reading the inbox)", Seconds(EdgeModule.RequestTimeout), "`timed_out`"),
        ("Depth of JSON", $"{ApiJson.MaxDepth} levels", "`malformed_json`"),
        ("Items of a page", $"{PageQuery.DefaultLimit}, {PageQuery.MaxLimit} at most", "`invalid_fields`"),
        ("Writes of one person, or of one address that is not signed in (IPv6: its /64)", $"{Writes.PerMinute} a minute, {Writes.Burst} at once", "`rate_limited`"),
        ("Writes of one API key", $"{Writes.ApiKeyPerMinute} a minute, {Writes.ApiKeyBurst} at once", "`rate_limited`"),
        ("Failed sign-ins", $"{SignInThrottle.Failures} of one name or address, then a wait", "`rate_limited`"),
        ("Login name", $"{UserName.MaxLength} characters", "`invalid_fields`"),
        ("Display name", $"{Profile.MaxDisplayName} characters", "`invalid_fields`"),
        ("Password", $"{PasswordRules.MinLength} to {PasswordRules.MaxLength} characters", "`invalid_fields`"),
        ("Session without use", $"{Accounts.SessionDays} days", "`unauthenticated`"),
        ("Minted user token", $"{ServerTokens.MinLife.TotalMinutes} minute to {ServerTokens.MaxLife.TotalDays} days", "`invalid_fields`"),
        ("Setup link", $"{Setup.LinkLife.TotalMinutes} minutes", "`invalid_setup_token`"),
        ("Uses of an invite", Number(Invites.MaxUses), "`invalid_fields`"),
        ("Open sockets, event streams and long polls of one person", Number(Realtime.ConnectionsPerUser), "`too_many_connections`"),
        ("Frames of one socket", $"{Realtime.FramesPerSecond} a second, twice as many at once", "`rate_limited`"),
        ("Time to say hello on a socket", $"{Realtime.HelloSeconds} s", "close 4401"),
        ("What waits for one connection", Bytes(Realtime.QueueBytes), "signals are dropped, then `resync`"),
        ("Entries of an inbox", $"{Number(Realtime.RetentionEntries)}, {Realtime.RetentionDays} days", "`reset`: read the rooms"),
        ("Text of a message", $"{Bytes(Chat.MaxTextBytes)} of UTF-8", "`invalid_fields`"),
        ("Title of a group", $"{Chat.MaxTitleLength} characters", "`invalid_fields`"),
        ("Members of a group", Number(Chat.MaxMembers), "`room_full`"),
        ("Client id of a message", "64 printable ASCII characters, unique for 7 days", "`invalid_fields`, `idempotency_conflict`"),
        ("Preview of a link", $"{Bytes(Previews.MaxBytes)} of the page, {Seconds(Previews.Timeout)}, {Previews.MaxRedirects} redirects; fetching counts as a write; {Previews.MaxFetches} at once", "`preview_unreachable`, `rate_limited`, `overloaded`"),
        ("Payload of a job", Bytes(NewJob.MaxPayloadBytes), "refused by the code that enqueues"),
    ];

    public static string Write()
    {
        var page = new StringBuilder(
            """
            # Limits

            <!-- Generated from the constants and defaults that enforce them; MADANG_UPDATE_DOCS=1 with the integration tests writes it anew. -->

            What Madang bears, and what it answers beyond it ([errors](errors.md)). Those that are settings stand in [configuration](configuration.md) too.

            | What | Limit | Beyond it |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var (what, limit, answer) in Rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {what} | {limit} | {answer} |\n");
        }

        return page.ToString();
    }

    private static string Bytes(int bytes) => $"{bytes / 1024} KiB";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s";
}
