using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Moderation;

/// <summary>People report, moderators decide, and every decision is in the log with the transaction that carries it out.</summary>
internal sealed class Moderating(
    IModerationStore store, Database database, PostSights sights, Posts.Posts posts, Administration administration, ModerationRules rules)
{
    public const int MaxText = 2_000;
    private const int MaxExcerpt = 1_000;

    /// <summary>Reports what the reporter can see. Reporting it again while it is open answers the open report. Refuses <c>not_found</c>, <c>self_report</c>.</summary>
    public async Task<Result<(Report Report, bool Made)>> ReportAsync(
        UserId reporter, PostId? post, UserId? person, ReportReason reason, string text, CancellationToken cancellationToken)
    {
        var about = await TargetAsync(reporter, post, person, cancellationToken);
        if (!about.IsOk)
        {
            return about.Error;
        }

        return await database.WriteAsync<Result<(Report, bool)>>(
            tx =>
            {
                if (store.FindOpen(tx, reporter, post ?? default, about.Value.User) is { } open)
                {
                    return (open, false);
                }

                if (store.CountOpen(tx, reporter) >= rules.MaxOpenReports)
                {
                    return FeedsErrors.TooManyReports;
                }

                var report = new Report(
                    new(rules.NextId()), reporter, post ?? default, about.Value.User, reason, text, about.Value.Excerpt, ReportState.Open, tx.Now);
                store.Insert(tx, report);
                return (report, true);
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Takes a post out of everybody else's sight, or puts it back. Its author still sees it, marked as hidden.</summary>
    public async Task<Result<Done>> HideAsync(Caller by, PostId post, bool hidden, string note, CancellationToken cancellationToken)
    {
        var done = await database.WriteAsync<Result<Done>>(
            tx =>
            {
                if (!posts.Hide(tx, post, hidden))
                {
                    return ApiErrors.NotFound;
                }

                Log(tx, by, hidden ? ModerationAct.HidePost : ModerationAct.RestorePost, note, post: post);
                return Done.Value;
            },
            cancellationToken: cancellationToken);
        if (done.IsOk)
        {
            rules.Forget(post);
        }

        return done;
    }

    /// <summary>Shuts somebody out, with everything that they wrote, until they are let in again. Moderators do so to people, admins to moderators too.</summary>
    public Task<Result<Done>> SuspendAsync(Caller by, UserId person, bool suspended, string note, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Done>>(
            tx =>
            {
                var changed = administration.Suspend(tx, by, person, suspended);
                if (!changed.IsOk)
                {
                    return changed.Error;
                }

                Log(tx, by, suspended ? ModerationAct.SuspendUser : ModerationAct.RestoreUser, note, user: person);
                return Done.Value;
            },
            cancellationToken: cancellationToken);

    /// <summary>Says what came of a report. Refuses <c>not_found</c>, and <c>report_closed</c> for one that somebody else has closed.</summary>
    public Task<Result<Report>> CloseAsync(Caller by, ReportId id, ReportState state, string note, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Report>>(
            tx =>
            {
                if (store.Lock(tx, id) is not { } report)
                {
                    return ApiErrors.NotFound;
                }

                if (report.State != ReportState.Open)
                {
                    return FeedsErrors.ReportClosed;
                }

                var closed = report with { State = state, ClosedBy = by.User ?? default, ClosedAt = tx.Now, Note = note };
                store.Close(tx, closed);
                Log(tx, by, state == ReportState.Resolved ? ModerationAct.ResolveReport : ModerationAct.DismissReport, note, report.Post, report.About, id);
                return closed;
            },
            cancellationToken: cancellationToken);

    private async Task<Result<(UserId User, string Excerpt)>> TargetAsync(UserId reporter, PostId? post, UserId? person, CancellationToken cancellationToken)
    {
        if (post is { } id)
        {
            if (await sights.OfAsync(reporter, id, cancellationToken) is not { IsVisible: true } seen)
            {
                return ApiErrors.NotFound;
            }

            return seen.Facts.Author == reporter ? FeedsErrors.SelfReport : (seen.Facts.Author, await ExcerptAsync(id, cancellationToken));
        }

        if (person == reporter)
        {
            return FeedsErrors.SelfReport;
        }

        return await rules.IsHereAsync(person!.Value, cancellationToken) ? (person.Value, "") : ApiErrors.NotFound;
    }

    private async Task<string> ExcerptAsync(PostId id, CancellationToken cancellationToken)
    {
        var text = await rules.TextOfAsync(id, cancellationToken);
        if (text.Length <= MaxExcerpt)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[MaxExcerpt - 1]) ? MaxExcerpt - 1 : MaxExcerpt)];
    }

    private void Log(WriteTx tx, Caller by, ModerationAct act, string note, PostId post = default, UserId user = default, ReportId report = default) =>
        store.Log(tx, new(rules.NextId(), by.User ?? default, act, post, user, report, note, tx.Now));
}

/// <summary>What moderation needs beside its own rows.</summary>
internal sealed class ModerationRules(IPostStore posts, PostContents contents, Users users, Snowflake ids, IOptions<FeedsOptions> options)
{
    public int MaxOpenReports => options.Value.MaxOpenReports;

    public long NextId() => ids.Next();

    public void Forget(PostId post) => contents.Forget(post);

    public async Task<bool> IsHereAsync(UserId person, CancellationToken cancellationToken) => await users.FindAsync(person, cancellationToken) is not null;

    public async Task<string> TextOfAsync(PostId post, CancellationToken cancellationToken) => (await posts.FindAsync([post], cancellationToken))[0]?.Text ?? "";
}

/// <summary>Lets go of closed reports after a while.</summary>
internal sealed class ReportRetention(IModerationStore store, IOptions<FeedsOptions> options) : IRetention
{
    public string Name => "reports";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => store.Prune(tx, now.AddDays(-options.Value.ReportDays), limit);
}
