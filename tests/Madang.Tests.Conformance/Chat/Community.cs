using Madang.Accounts;
using Madang.Api;
using Madang.Chat;
using Madang.Realtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Chat;

/// <summary>A database with people in it, and the verbs of chat as the host wires them.</summary>
internal sealed class Community(TestDatabase test) : IAsyncDisposable
{
    private int _people;

    public TestDatabase Test => test;

    public Rooms Rooms => test.Store<Rooms>();

    public Members Members => test.Store<Members>();

    public Messages Messages => test.Store<Messages>();

    public ReadMarks Marks => test.Store<ReadMarks>();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Community> OpenAsync(Func<Task<TestDatabase>> fresh) => new(await fresh());

    public async Task<UserId> PersonAsync(bool disabled = false) => (await PeopleAsync(1, disabled))[0];

    public async Task<UserId[]> PeopleAsync(int count, bool disabled = false)
    {
        var users = test.Store<IUserStore>();
        var ids = test.Store<Madang.Storage.Snowflake>();
        var people = Enumerable.Range(0, count).Select(_ => new User
        {
            Id = new(ids.Next()),
            Name = $"person-{++_people}",
            DisplayName = $"Person {_people}",
            Locale = "ko",
            TimeZone = "Asia/Seoul",
            Role = Role.User,
            Disabled = disabled,
            CreatedAt = test.Time.GetUtcNow(),
        }).ToArray();
        _ = await test.Database.WriteAsync(
            tx =>
            {
                foreach (var person in people)
                {
                    _ = users.Insert(tx, person with { Disabled = false }, null);
                    if (disabled)
                    {
                        users.Update(tx, person);
                    }
                }

                return 0;
            },
            cancellationToken: Token);
        return [.. people.Select(person => person.Id)];
    }

    public static Caller Caller(UserId user, Role role = Role.User) => new(CallerKind.Session, user, role, 1);

    public async Task<Room> DirectAsync(UserId one, UserId other) => Ok(await Rooms.CreateAsync(one, new(RoomKind.Direct, [other]), Token)).Room;

    public async Task<Room> GroupAsync(UserId owner, params UserId[] others) =>
        Ok(await Rooms.CreateAsync(owner, new(RoomKind.Group, others, "모임"), Token)).Room;

    public Task<Result<Posted>> TryPostAsync(UserId sender, RoomId room, string text, string? clientId = null, long? replyTo = null) =>
        Messages.PostAsync(sender, room, new(clientId ?? $"c-{Interlocked.Increment(ref _people)}", text, replyTo), Token);

    public async Task<Message> PostAsync(UserId sender, RoomId room, string text, string? clientId = null) =>
        Ok(await TryPostAsync(sender, room, text, clientId)).Message;

    public async Task<Room> SeeAsync(UserId viewer, RoomId room) =>
        await Rooms.FindAsync(viewer, room, Token) ?? throw new InvalidOperationException($"{viewer} is not in {room}.");

    public async Task<History> HistoryAsync(UserId viewer, RoomId room, long? before = null, long? after = null, long? around = null, int limit = 50) =>
        Ok(await Messages.HistoryAsync(viewer, room, new(before, after, around, limit), Token));

    public async Task BlockAsync(UserId owner, UserId target) => _ = Ok(await test.Store<Relations>().BlockAsync(owner, target, Token));

    public async Task UnblockAsync(UserId owner, UserId target) => await test.Store<Relations>().RemoveAsync(owner, RelationKind.Block, target, Token);

    /// <summary>Everything in the inbox, in order.</summary>
    public async Task<IReadOnlyList<InboxEntry>> InboxAsync(UserId user) =>
        (await test.Store<IInboxStore>().ReadAsync(user, 0, 100_000, Token)).Entries;

    /// <summary>Everything in the inbox as that person would get it now, without what may no longer be seen: <c>type data</c>.</summary>
    public async Task<IReadOnlyList<string>> SyncAsync(UserId user)
    {
        var source = test.Services.GetServices<IEntrySource>().Single(one => one.Types.Contains(EntryType.MessageCreated));
        var entries = (await InboxAsync(user)).Where(entry => source.Types.Contains(entry.Ref.Type)).ToList();
        var shapes = await source.HydrateAsync(user, [.. entries.Select(entry => entry.Ref)], Token);
        return [.. entries.Zip(shapes).Where(pair => pair.Second.Length > 0)
            .Select(pair => $"{pair.First.Ref.Type.Name()} {System.Text.Encoding.UTF8.GetString(pair.Second.Span)}")];
    }

    public Typing Typing(ISignals signals) =>
        new(test.Store<IMemberStore>(), signals, test.Time, test.Store<IOptions<ChatOptions>>());

    public ReadMarks MarksWith(ISignals signals) =>
        new(test.Store<IMemberStore>(), test.Database, test.Store<Inbox>(), signals);

    public async Task<IReadOnlyList<string>> AuditAsync()
    {
        var found = new List<string>();
        await foreach (var contradiction in test.Store<RoomAudit>().RunAsync(Token))
        {
            found.Add(contradiction);
        }

        return found;
    }

    public static T Ok<T>(Result<T> result)
    {
        Assert.True(result.IsOk, $"refused: {result.Error}");
        return result.Value;
    }

    /// <summary>Every counter agrees with the rows, whatever the test did.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            Assert.Empty(await AuditAsync());
        }
        finally
        {
            await test.DisposeAsync();
        }
    }
}

/// <summary>Keeps the signals that would have gone out.</summary>
internal sealed class SignalLog : ISignals
{
    public List<(IReadOnlyList<UserId> To, Signal Signal)> Sent { get; } = [];

    public void Send(IReadOnlyList<UserId> to, Signal signal) => Sent.Add((to, signal));

    public bool IsHere(UserId user) => true;
}
