using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Accounts;

/// <summary>The module of accounts on a fresh database, with cheap passwords and a listener that notes what it is told.</summary>
internal sealed class AccountsWorld(TestDatabase database) : IAsyncDisposable
{
    public const string Password = "marble-courtyard-9";

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestDatabase Database => database;

    public Users Users => database.Store<Users>();

    public Relations Relations => database.Store<Relations>();

    public Sessions Sessions => database.Store<Sessions>();

    public IUserStore UserStore => database.Store<IUserStore>();

    public ICredentialStore Credentials => database.Store<ICredentialStore>();

    public AccountEventsLog Events => database.Store<AccountEventsLog>();

    public static void Configure(IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PasswordWork(10));
        builder.Services.AddSingleton<AccountEventsLog>();
        builder.Services.AddSingleton<IAccountEvents>(provider => provider.GetRequiredService<AccountEventsLog>());
    }

    public Task<T> WriteAsync<T>(Func<WriteTx, T> work) => database.Database.WriteAsync(work, cancellationToken: Cancel);

    /// <summary>An account, as an admin makes it.</summary>
    public async Task<User> AddAsync(string name, string? displayName = null, string? password = null)
    {
        var newcomer = new Newcomer(name, password, new Profile(displayName, null, null));
        var made = await database.Store<SignUp>().RegisterAsync(Caller.Operator, newcomer, invite: null, Cancel);
        return made.IsOk ? made.Value : throw new InvalidOperationException(made.Error.Code);
    }

    public async Task<User> AddAdminAsync(string name)
    {
        var user = await AddAsync(name);
        return (await database.Store<Administration>().ChangeAsync(user.Id, Role.Admin, null, Cancel)).Value;
    }

    public async Task<OpenSession> SignInAsync(string name, string? device = null)
    {
        var opened = await Sessions.SignInAsync(name, Password, device, null, Cancel);
        return opened.IsOk ? opened.Value : throw new InvalidOperationException(opened.Error.Code);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}

internal sealed class AccountEventsLog : IAccountEvents
{
    private readonly List<string> _relations = [];
    private readonly List<long> _ended = [];
    private readonly Lock _gate = new();

    public void RelationsChanged(WriteTx tx, IReadOnlyList<(UserId Viewer, UserId Other)> changed)
    {
        lock (_gate)
        {
            _relations.Add(string.Join(' ', changed.Select(pair => $"{pair.Viewer}>{pair.Other}")));
        }
    }

    public void CredentialsEnded(IReadOnlyCollection<long> credentials)
    {
        lock (_gate)
        {
            _ended.AddRange(credentials);
        }
    }

    /// <summary>What was told since the last question, one string a transaction.</summary>
    public string[] TakeRelations()
    {
        lock (_gate)
        {
            string[] taken = [.. _relations];
            _relations.Clear();
            return taken;
        }
    }

    public long[] TakeEnded()
    {
        lock (_gate)
        {
            long[] taken = [.. _ended];
            _ended.Clear();
            return taken;
        }
    }
}

/// <summary>Opens the world on one engine: what the suites of this folder take.</summary>
internal static class Worlds
{
    public static async Task<AccountsWorld> SqliteAsync() => new(await TestDatabase.SqliteAsync(AccountsWorld.Configure));

    public static async Task<AccountsWorld> PostgresAsync() => new(await TestDatabase.PostgresAsync(AccountsWorld.Configure));
}
