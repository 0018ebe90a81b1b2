using Madang.Api;

namespace Madang.Feeds.Graph;

/// <summary>People whom somebody reads together, or writes to with <see cref="Audience.List"/>. Nobody but its owner knows of it.</summary>
/// <param name="Title">One line; no two lists of one owner have the same.</param>
/// <param name="Exclusive">Its people are read here and not in the home timeline.</param>
/// <param name="Members">How many are on it.</param>
internal sealed record PeopleList(ListId Id, UserId Owner, string Title, bool Exclusive, int Members, DateTimeOffset CreatedAt);
