using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels;

/// <summary>Reads the settings of one provider and gathers every fault, each naming its key.</summary>
internal sealed class ProviderSection(string name, IConfiguration section)
{
    private readonly List<string> _faults = [];

    public string Name { get; } = name;

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Trimmed; null when it is not there or empty.</summary>
    public string? Text(string key) => section[key]?.Trim() is { Length: > 0 } text ? text : null;

    public string Required(string key, string what)
    {
        var text = Text(key);
        if (text is null)
        {
            Fault(key, $"is missing: {what}.");
        }

        return text ?? "";
    }

    /// <summary>The value itself, or the content of the file that <c>{key}File</c> names, so that secrets may stay out of the settings.</summary>
    public string? Secret(string key)
    {
        if (Text(key) is { } value)
        {
            return value;
        }

        if (Text(key + "File") is not { } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault(key + "File", $"cannot be read: {fault.Message}");
            return null;
        }
    }

    /// <summary>An http or https address without a query.</summary>
    public Uri Url(string key, string otherwise)
    {
        var text = Text(key) ?? otherwise;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
        {
            return url;
        }

        Fault(key, $"\"{text}\" is not an address such as {otherwise}.");
        return new Uri(otherwise);
    }

    public int Number(string key, int otherwise, int least, int most)
    {
        if (Text(key) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(key, $"\"{text}\" is not a whole number from {least} to {most}.");
        return otherwise;
    }

    public bool Flag(string key, bool otherwise)
    {
        if (Text(key) is not { } text)
        {
            return otherwise;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        Fault(key, $"\"{text}\" is neither true nor false.");
        return otherwise;
    }

    public void Fault(string key, string sentence) => _faults.Add($"{NotificationsOptions.Section}:Providers:{Name}:{key} {sentence}");
}
