namespace Madang.Sqlite.Crawler;

/// <summary>A gate's number in the file: FNV-1a of its name, 64 bits, mixed. Two gates that met in one number would only wait for each other.</summary>
internal static class GateId
{
    public static long Of(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }

        return (long)(hash ^ (hash >> 32));
    }
}
