namespace Madang.Crawler.Parsing;

internal static class TextSimHash
{
    public static ulong Of(ReadOnlySpan<byte> text, ReadOnlySpan<TextBlock> blocks, MainText main) => 0;
}
