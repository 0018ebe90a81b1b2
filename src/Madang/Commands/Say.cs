namespace Madang.Commands;

/// <summary>Messages go to standard error, so that what a command answers can be piped. Colours only on a terminal, and not under NO_COLOR (no-color.org).</summary>
internal static class Say
{
    private static bool HasColour => !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static void Line(string text) => Console.Error.WriteLine(text);

    public static void Error(string text) => Console.Error.WriteLine(Red("madang: ") + text);

    public static void Warning(string text) => Console.Error.WriteLine(HasColour ? $"\e[33mwarning:\e[0m {text}" : $"warning: {text}");

    /// <summary>For what must not be overlooked.</summary>
    public static void Alarm(string text) => Console.Error.WriteLine(HasColour ? $"\e[1;97;41m WARNING \e[0m {Red(text)}" : $"WARNING: {text}");

    private static string Red(string text) => HasColour ? $"\e[31m{text}\e[0m" : text;
}
