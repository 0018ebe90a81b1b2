using System.Buffers;

namespace Madang.Crawler.Parsing;

/// <summary>
/// What a tokeniser needs besides the input: decoded bytes and the attributes of one tag. Kept from page to page, so that a token costs no
/// allocation. Both are bounded: what does not fit is left out, never grown for.
/// </summary>
public sealed class TokenScratch : IDisposable
{
    /// <summary>Attributes of one tag beyond this many are dropped.</summary>
    public const int MaxAttributes = 1024;

    /// <summary>Decoded bytes of one token beyond this many are cut off.</summary>
    public const int MaxBytes = 1 << 20;

    private byte[] _bytes;
    private ulong[] _keys = new ulong[16];
    private AttributeSlot[] _attributes = new AttributeSlot[16];

    /// <param name="size">First size of the buffer in bytes; it grows as needed.</param>
    public TokenScratch(int size = 1024) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Clamp(size, 16, MaxBytes));

    /// <summary>Room for one decoded numeric reference.</summary>
    internal byte[] Number { get; } = new byte[4];

    internal int Used { get; private set; }

    internal int AttributeCount { get; private set; }

    internal ReadOnlySpan<AttributeSlot> Attributes => _attributes.AsSpan(0, AttributeCount);

    internal ReadOnlySpan<byte> Slice(int start, int length) => _bytes.AsSpan(start, length);

    internal void Clear()
    {
        Used = 0;
        AttributeCount = 0;
    }

    internal void DropAttributes() => AttributeCount = 0;

    internal void Append(scoped ReadOnlySpan<byte> piece)
    {
        piece = piece[..Math.Min(piece.Length, MaxBytes - Used)];
        Grow(piece.Length);
        piece.CopyTo(_bytes.AsSpan(Used));
        Used += piece.Length;
    }

    /// <summary>Appends a name: ASCII letters in lower case, NUL as U+FFFD.</summary>
    internal void AppendFolded(ReadOnlySpan<byte> name)
    {
        foreach (var letter in name)
        {
            if (letter == 0)
            {
                Append("\uFFFD"u8);
            }
            else if (Used < MaxBytes)
            {
                Grow(1);
                _bytes[Used++] = letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
            }
        }
    }

    /// <summary>Adds an attribute unless the tag has one of that name already (the first one counts) or too many.</summary>
    /// <returns>Whether it was added.</returns>
    internal bool Add(AttributeSlot slot, ReadOnlySpan<byte> name, ReadOnlySpan<byte> input)
    {
        if (AttributeCount == MaxAttributes)
        {
            return false;
        }

        for (var from = 0; from < AttributeCount; from++)
        {
            var hit = _keys.AsSpan(from, AttributeCount - from).IndexOf(slot.Key);
            if (hit < 0)
            {
                break;
            }

            from += hit;
            if (name.Length <= NameKey.Exact || name.SequenceEqual(Resolve(_attributes[from].Name, input)))
            {
                return false;
            }
        }

        if (AttributeCount == _attributes.Length)
        {
            Array.Resize(ref _attributes, AttributeCount * 2);
            Array.Resize(ref _keys, AttributeCount * 2);
        }

        _keys[AttributeCount] = slot.Key;
        _attributes[AttributeCount++] = slot;
        return true;
    }

    internal void SetValue(ByteRange value) => _attributes[AttributeCount - 1] = _attributes[AttributeCount - 1] with { Value = value };

    internal int IndexOf(ulong key) => _keys.AsSpan(0, AttributeCount).IndexOf(key);

    internal ReadOnlySpan<byte> Resolve(ByteRange range, ReadOnlySpan<byte> input) =>
        range.Start < 0 ? _bytes.AsSpan(~range.Start, range.Length) : input.Slice(range.Start, range.Length);

    private void Grow(int more)
    {
        if (Used + more <= _bytes.Length)
        {
            return;
        }

        // The old array is left to the collector: spans into it may be out.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Used + more));
        _bytes.AsSpan(0, Used).CopyTo(larger);
        _bytes = larger;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}

/// <summary>Bytes of the input, or (start below zero: its complement) of the scratch.</summary>
internal readonly record struct ByteRange(int Start, int Length);

/// <summary>One attribute of the tag that was read last.</summary>
internal readonly record struct AttributeSlot(ulong Key, ByteRange Name, ByteRange Value);
