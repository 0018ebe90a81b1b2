using Madang.Feeds.Posts;

namespace Madang.Feeds.Timelines;

/// <summary>
/// Whose turn it is in one shard. An author stands at most once in each of two lines, however much they wrote: one for new posts that go into rings, one for edits, deletions and
/// telling who is here. The first goes before, but not always. Under the shard's gate, but for <see cref="Walks"/>, which may be read without.
/// </summary>
internal sealed class TurnLines
{
    /// <summary>How many turns of new posts before one of the other line.</summary>
    private const int FreshTurns = 4;

    private readonly Queue<AuthorFollowers>[] _lines = [new(), new()];
    private int _turns;

    /// <summary>Posts on their way, those of all authors.</summary>
    public int Walks { get; private set; }

    public bool HasTurns => _lines[0].Count > 0 || _lines[1].Count > 0;

    /// <summary>Behind what its author did before.</summary>
    public void Add(AuthorFollowers author, Walk walk)
    {
        var line = walk.Post.Op == PostOp.Created && !walk.TellsOnly ? 0 : 1;
        var waiting = author.Waiting[line] ??= new();
        waiting.Enqueue(walk);
        author.Slots.BeginWalk();
        Walks++;
        if (waiting.Count == 1)
        {
            _lines[line].Enqueue(author);
        }
    }

    /// <summary>Who stands first, with their oldest post; they leave the line until <see cref="GoOn"/>. Null when nobody waits.</summary>
    public (AuthorFollowers Author, Walk Walk, int Line)? Next()
    {
        var line = _lines[0].Count > 0 && (_lines[1].Count == 0 || _turns % (FreshTurns + 1) != FreshTurns) ? 0 : 1;
        if (!_lines[line].TryDequeue(out var author))
        {
            return null;
        }

        _turns++;
        return (author, author.Waiting[line]!.Peek(), line);
    }

    /// <summary>The author's oldest post of that line is with everybody.</summary>
    public void End(AuthorFollowers author, int line)
    {
        author.Waiting[line]!.Dequeue();
        author.Slots.EndWalk();
        Walks--;
    }

    /// <summary>To the end of the line with whoever has more. Whether they have.</summary>
    public bool GoOn(AuthorFollowers author, int line)
    {
        if (author.Waiting[line]!.Count == 0)
        {
            return false;
        }

        _lines[line].Enqueue(author);
        return true;
    }

    /// <summary>Takes the author out of both lines. What had waited, each to be told that it is over.</summary>
    public IReadOnlyList<Walk> GiveUp(AuthorFollowers author)
    {
        var given = new List<Walk>();
        for (var line = 0; line < _lines.Length; line++)
        {
            while (author.Waiting[line]?.TryDequeue(out var walk) == true)
            {
                author.Slots.EndWalk();
                Walks--;
                given.Add(walk);
            }

            // Once around, in the order they had.
            for (var left = _lines[line].Count; left > 0; left--)
            {
                if (_lines[line].Dequeue() is var other && other != author)
                {
                    _lines[line].Enqueue(other);
                }
            }
        }

        return given;
    }
}
