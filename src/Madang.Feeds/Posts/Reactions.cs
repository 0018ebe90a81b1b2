namespace Madang.Feeds.Posts;

/// <summary>How somebody answers a post without words. The numbers are stored: in a person's bits as <c>1 &lt;&lt; (kind - 1)</c>, and in the counts.</summary>
internal enum ReactionKind
{
    Like = 1,
    Love = 2,
    Laugh = 3,
    Wow = 4,
    Sad = 5,
    Angry = 6,
}

/// <summary>What is counted of a post beside its reactions, which count under their own numbers. The numbers are stored.</summary>
internal static class PostTally
{
    public const int Comments = 100;
    public const int Shares = 101;
}

internal static class ReactionBits
{
    /// <summary>By number from 1 on.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<ReactionKind>().Select(kind => kind.ToString().ToLowerInvariant())];

    public static int Of(ReactionKind kind) => 1 << ((int)kind - 1);

    public static bool Holds(int bits, ReactionKind kind) => (bits & Of(kind)) != 0;

    /// <summary>By its name on the wire.</summary>
    public static bool TryParse(string name, out ReactionKind kind)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                kind = (ReactionKind)(i + 1);
                return true;
            }
        }

        kind = default;
        return false;
    }
}

/// <summary>What the viewer did with a post. All of it lies in one row.</summary>
/// <param name="Reactions">Bits by <see cref="ReactionKind"/>.</param>
internal readonly record struct Overlay(int Reactions, bool Bookmarked, bool Shared)
{
    public bool Liked => ReactionBits.Holds(Reactions, ReactionKind.Like);
}

/// <summary>How many did what. At most two seconds old.</summary>
internal sealed class PostCounts
{
    private readonly int[] _reactions = new int[ReactionBits.Names.Count];

    public static PostCounts None { get; } = new();

    public int Comments { get; private set; }

    public int Shares { get; private set; }

    public int Likes => Of(ReactionKind.Like);

    public int Of(ReactionKind kind) => _reactions[(int)kind - 1];

    /// <summary>For the stores: one row of counts.</summary>
    public void Set(int what, long count)
    {
        var shown = (int)Math.Clamp(count, 0, int.MaxValue);
        switch (what)
        {
            case PostTally.Comments:
                Comments = shown;
                break;
            case PostTally.Shares:
                Shares = shown;
                break;
            case >= 1 when what <= _reactions.Length:
                _reactions[what - 1] = shown;
                break;
            default:
                break;
        }
    }
}
