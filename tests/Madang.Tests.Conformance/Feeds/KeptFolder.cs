using Madang.Feeds.Timelines.Keeping;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Feeds;

/// <summary>Where nodes under test keep their timelines.</summary>
internal sealed class KeptFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("madang-kept-").FullName;

    public string File => new KeepFolder(_path).File;

    public void Use(IHostApplicationBuilder builder) => builder.Services.AddSingleton(new KeepFolder(_path));

    public void Dispose() => Directory.Delete(_path, recursive: true);
}

/// <summary>Restarts of a world in the middle of whatever happens there.</summary>
internal sealed class Restarts(KeptFolder folder)
{
    // The file of some restart before, of this history or another.
    private byte[] _old = [];

    public KeptFolder Folder => folder;

    public int Count { get; private set; }

    /// <summary>Rings that were handed to their readers.</summary>
    public int Revived { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="act">Something that somebody does.</param>
    public async Task MaybeAsync(TimelineWorld world, Random random, Func<Task> act)
    {
        // Where other nodes write too, nothing is trusted or kept before their log is followed, and what this one knows of it may be old.
        if (random.Next(3) > 0)
        {
            await world.FollowLogAsync();
        }

        if (random.Next(2) == 0)
        {
            return;
        }

        Revived += world.Waited - (world.Timelines.Kept?.Count ?? 0);
        Count++;
        await world.Test.Store<Keeper>().SaveAsync(Token);
        // What another node does while this one is away, or this one before it ends.
        for (var i = random.Next(6); i > 0; i--)
        {
            await act();
        }

        Spoil(random);
        await world.Test.RestartAsync();
        if (random.Next(4) == 0)
        {
            // Before the file is read: somebody writes already.
            await act();
        }

        await world.FollowLogAsync();
        await world.Test.Store<Keeper>().LoadAsync(Token);
        Assert.False(File.Exists(folder.File));
        world.Waited = world.Timelines.Kept!.Count;
    }

    private void Spoil(Random random)
    {
        if (!File.Exists(folder.File))
        {
            return;
        }

        var now = File.ReadAllBytes(folder.File);
        switch (random.Next(12))
        {
            case 0 when _old.Length > 0:
                File.WriteAllBytes(folder.File, _old);
                break;
            case 1:
                File.WriteAllBytes(folder.File, now[..random.Next(now.Length)]);
                break;
            case 2:
                now[random.Next(now.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(folder.File, now);
                break;
            default:
                break;
        }

        if (random.Next(3) == 0)
        {
            _old = now;
        }
    }
}
