namespace Madang.Crawler.Traps;

/// <summary>Bytes written one after the other into a buffer; what does not fit is left out.</summary>
internal ref struct Utf8Line(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public void Add(byte value)
    {
        if (Length < _buffer.Length)
        {
            _buffer[Length++] = value;
        }
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        var fits = Math.Min(text.Length, _buffer.Length - Length);
        text[..fits].CopyTo(_buffer[Length..]);
        Length += fits;
    }
}
