using System.Buffers;

namespace Madang.Outbound.Transfer;

/// <summary>Bytes that grow in memory from the shared pool.</summary>
internal sealed class PooledBytes : IDisposable
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Room behind what is there, at least this much.</summary>
    public Memory<byte> Room(int least)
    {
        if (_bytes.Length - Length < least)
        {
            Grow(Math.Max(Length + least, (int)Math.Min(Length * 2L, Array.MaxLength)));
        }

        return _bytes.AsMemory(Length);
    }

    public void Added(int count) => Length += count;

    public void Clear() => Length = 0;

    /// <summary>Forgets what is behind the first <paramref name="length"/> bytes.</summary>
    public void Cut(int length) => Length = Math.Min(Length, length);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length).Span);
        Length += bytes.Length;
    }

    /// <summary>Text whose letters are all below U+0100, as the bytes that they are.</summary>
    public void AddLatin1(string text)
    {
        _ = System.Text.Encoding.Latin1.GetBytes(text, Room(text.Length).Span);
        Length += text.Length;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
            Length = 0;
        }
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Span.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
