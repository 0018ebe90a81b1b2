using Madang.Api;

namespace Madang.Feeds;

/// <summary>What Feeds refuses beyond <see cref="ApiErrors"/> and what Accounts refuses.</summary>
public static class FeedsErrors
{
    public static IReadOnlyList<Error> All { get; } = [];
}
