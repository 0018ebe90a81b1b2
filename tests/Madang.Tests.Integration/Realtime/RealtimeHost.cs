using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Realtime;
using Madang.Sqlite;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Madang.Tests.Integration.Realtime;

/// <summary>Accounts and Realtime alone, on a real Kestrel and a SQLite of their own, with a source of entries and a verb that a test can steer.</summary>
internal sealed class RealtimeHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private RealtimeHost(WebApplication app, string folder)
    {
        (_app, _folder) = (app, folder);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1000 }) { BaseAddress = Address };
    }

    public const string FriendlyOrigin = "https://app.example.org";

    public Uri Address { get; }

    public HttpClient Client { get; }

    public Database Database => Get<Database>();

    public Inbox Inbox => Get<Inbox>();

    public TestSource Source => Get<TestSource>();

    public TestVerb Verb => Get<TestVerb>();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<RealtimeHost> StartAsync(Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("madang-test-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Madang:Realtime:DrainSeconds"] = "0" });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }
        else
        {
            builder.Services.AddSingleton(TimeProvider.System);
        }

        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));
        builder.Services.AddSingleton<WriteLimits>();
        builder.Services.AddSingleton(new AllowedOrigins([FriendlyOrigin]));
        builder.Services.AddSingleton<TestSource>();
        builder.Services.AddSingleton<IEntrySource>(provider => provider.GetRequiredService<TestSource>());
        builder.Services.AddSingleton<TestVerb>();
        builder.Services.AddSingleton<ISocketVerb>(provider => provider.GetRequiredService<TestVerb>());
        builder.AddSqlite(folder);
        builder.AddAccounts();
        builder.AddRealtime();
        var app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapRealtime();
        await app.Services.OpenStorageAsync(Cancelled);
        await app.StartAsync(Cancelled);
        return new RealtimeHost(app, folder);
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    /// <summary>Somebody new, signed in.</summary>
    public async Task<Person> PersonAsync()
    {
        var id = new UserId(Get<Snowflake>().Next());
        var name = "p" + id;
        var user = new User
        {
            Id = id,
            Name = name,
            DisplayName = name,
            Locale = "ko",
            TimeZone = "Asia/Seoul",
            Role = Role.User,
            CreatedAt = Get<TimeProvider>().GetUtcNow(),
        };
        var session = await Database.WriteAsync(
            tx =>
            {
                Assert.True(Get<IUserStore>().Insert(tx, user, null));
                return Get<Sessions>().Open(tx, user, "test");
            },
            cancellationToken: Cancelled);
        return new Person(id, session.Token.Text);
    }

    /// <summary>Appends one entry for each number, in one transaction each, to all of these inboxes.</summary>
    public async Task AppendAsync(IReadOnlyList<Person> to, params long[] numbers)
    {
        foreach (var number in numbers)
        {
            await Database.WriteAsync(
                tx =>
                {
                    Inbox.Append(tx, TestSource.Entry(number, [.. to.Select(person => person.Id)]));
                    return Done.Value;
                },
                cancellationToken: Cancelled);
        }
    }

    /// <summary>Appends many entries in one transaction.</summary>
    public Task AppendManyAsync(Person to, IEnumerable<long> numbers) => Database.WriteAsync(
        tx =>
        {
            Inbox.Append(tx, [.. numbers.Select(number => TestSource.Entry(number, to.Id))]);
            return Done.Value;
        },
        cancellationToken: Cancelled);

    public async Task<string> CursorAsync(long pos) => new InboxCursor(await Get<IInboxStore>().EpochAsync(Cancelled), pos).ToString();

    public HttpRequestMessage Request(Person person, string path, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal sealed record Person(UserId Id, string Token);

/// <summary>Entries that carry a number: <c>{"room_id":"7","title":"글 12"}</c>. Those of room 9 are hidden from everybody when they are read.</summary>
internal sealed class TestSource : IEntrySource
{
    public const long HiddenRoom = 9;
    private int _hydrations;

    public IReadOnlyCollection<EntryType> Types { get; } = [EntryType.RoomUpdated];

    public int Hydrations => Volatile.Read(ref _hydrations);

    /// <summary>Runs before each reading of the store is rendered.</summary>
    public Func<Task>? Before { get; set; }

    /// <summary>How long a title is padded to, to make entries large.</summary>
    public int Padding { get; set; }

    public static NewEntry Entry(long number, params UserId[] to) =>
        new(new EntryRef(EntryType.RoomUpdated, 7, number), to, Live: number);

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> HydrateAsync(UserId viewer, IReadOnlyList<EntryRef> references, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _hydrations);
        if (Before is { } before)
        {
            await before();
        }

        return [.. references.Select(reference => reference.Subject == HiddenRoom ? default : Json(reference.Detail))];
    }

    public void WriteLive(Utf8JsonWriter writer, object live) => writer.WriteRawValue(Json((long)live).Span);

    private ReadOnlyMemory<byte> Json(long number) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"room_id":"7","title":"글 {{number}}{{new string('x', Padding)}}"}"""));
}

/// <summary><c>{"op":"echo","id":1,"text":"…"}</c> answers with the text; what it does besides the test says.</summary>
internal sealed class TestVerb : ISocketVerb
{
    public string Op => "echo";

    public bool IsWrite => false;

    public Func<JsonElement, Task<Error?>>? Before { get; set; }

    public async ValueTask<Result<Action<Utf8JsonWriter>?>> RunAsync(Caller caller, JsonElement frame, CancellationToken cancellationToken)
    {
        if (Before is { } before && await before(frame) is { } refusal)
        {
            return refusal;
        }

        if (!frame.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
        {
            return ApiErrors.Invalid("text", "required", "Say something.");
        }

        var said = text.GetString()!;
        return (Action<Utf8JsonWriter>?)(writer => writer.WriteString("text", said));
    }
}
