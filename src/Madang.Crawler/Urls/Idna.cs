using System.Globalization;

namespace Madang.Crawler.Urls;

internal static class Idna
{
    private static readonly IdnMapping Mapping = new() { AllowUnassigned = true };

    public static string? ToAscii(string domain)
    {
        try
        {
            return Mapping.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
