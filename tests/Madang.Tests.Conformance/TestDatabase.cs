using Madang.Accounts;
using Madang.Chat;
using Madang.Feeds;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Outbound;
using Madang.Realtime;
using Madang.Storage;
using Madang.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance;

/// <summary>
/// A fresh, migrated database with the stores of every module, as the host would wire them, on a clock that the test moves. One suite runs on both
/// engines: <c>public abstract class XFacts(Func&lt;Task&lt;TestDatabase&gt;&gt; fresh)</c> with the sealed subclasses <c>SqliteX() : XFacts(TestDatabase.SqliteAsync)</c>
/// and <c>PostgresX() : XFacts(TestDatabase.PostgresAsync)</c>.
/// </summary>
public sealed partial class TestDatabase : IAsyncDisposable
{
    private readonly Action<IHostApplicationBuilder> _engine;
    private readonly Func<Task> _remove;
    private IHost _host;

    private TestDatabase(IHost host, FakeTime time, FaultLog faults, Action<IHostApplicationBuilder> engine, Func<Task> remove) =>
        (_host, Time, Faults, _engine, _remove) = (host, time, faults, engine, remove);

    public Database Database => Store<Database>();

    internal FakeTime Time { get; }

    /// <summary>What would have ended the process.</summary>
    internal FaultLog Faults { get; }

    public IServiceProvider Services => _host.Services;

    public Task<T> WriteAsync<T>(Func<WriteTx, T> work, Lane lane = Lane.Interactive) =>
        Database.WriteAsync(work, lane, TestContext.Current.CancellationToken);

    public T Store<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Everything ends and begins anew on the same database, a second later.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        _host = await BeginAsync(_engine, Time, Faults);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _remove();
    }

    private async Task EndAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>The modules under test and the test's own clock and ids, whatever the engine.</summary>
    private static async Task<TestDatabase> OpenAsync(Action<IHostApplicationBuilder> engine, Func<Task> remove)
    {
        var time = new FakeTime();
        var faults = new FaultLog();
        return new TestDatabase(await BeginAsync(engine, time, faults), time, faults, engine, remove);
    }

    private static async Task<IHost> BeginAsync(Action<IHostApplicationBuilder> engine, FakeTime time, FaultLog faults)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        _ = builder.Services.AddSingleton<TimeProvider>(time);
        _ = builder.Services.AddSingleton<Fatal>(faults.Add);
        _ = builder.AddOutbound().AddJobs().AddAccounts().AddWebhooks().AddRealtime().AddNotifications(Path.GetTempPath()).AddChat().AddFeeds(Path.GetTempPath());
        engine(builder);
        // Ids by the test's clock: the lease and its renewal have a suite of their own (NodeFacts).
        _ = builder.Services.AddSingleton(new Snowflake(time, 1));
        var host = builder.Build();
        await host.Services.GetRequiredService<Database>().OpenAsync(TestContext.Current.CancellationToken);
        return host;
    }
}

internal sealed class FaultLog
{
    private readonly TaskCompletionSource<Exception> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Exception> First => _first.Task;

    public void Add(Exception fault) => _ = _first.TrySetResult(fault);
}
