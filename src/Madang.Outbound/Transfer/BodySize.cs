namespace Madang.Outbound.Transfer;

/// <summary>How much memory to begin with: an announced length is believed up to a point.</summary>
internal static class BodySize
{
    private const int Usual = 16 * 1024;
    private const int Believed = 256 * 1024;

    public static int First(long? announced, int limit) => (int)Math.Min(announced is null ? Usual : Math.Clamp(announced.Value, 1, Believed), limit + 1L);
}
