using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Chat;

/// <summary>Settings under <c>Madang:Chat</c>.</summary>
public sealed class ChatOptions
{
    public const string Section = "Madang:Chat";

    /// <summary>The longest message, in bytes of UTF-8.</summary>
    [Range(1, 65_536)]
    public int MaxTextBytes { get; set; } = 16 * 1024;

    /// <summary>The longest title of a group, in UTF-16 code units.</summary>
    [Range(1, 256)]
    public int MaxTitleLength { get; set; } = 64;

    /// <summary>How many people a group may hold. Each of them gets an inbox entry per message, so this bounds what a message costs.</summary>
    [Range(2, 100)]
    public int MaxMembers { get; set; } = 100;

    /// <summary>How often the typing of one person in one room is passed on.</summary>
    [Range(500, 30_000)]
    public int TypingIntervalMs { get; set; } = 3_000;
}

[OptionsValidator]
internal sealed partial class ChatOptionsValidator : IValidateOptions<ChatOptions>;
