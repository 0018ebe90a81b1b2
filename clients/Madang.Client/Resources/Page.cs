using System.Text.Json.Serialization.Metadata;

namespace Madang.Client.Resources;

/// <param name="Next">The cursor of the next page; null at the true end.</param>
/// <param name="Prev">Of histories only: the cursor of the page before.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null, string? Prev = null);

/// <summary>A list of the server: enumerate it to read page after page, or take one page.</summary>
public sealed class Paged<T> : IAsyncEnumerable<T>
{
    private readonly Http _http;
    private readonly string _path;
    private readonly (string Name, string? Value)[] _query;
    private readonly JsonTypeInfo<Page<T>> _type;

    internal Paged(Http http, string path, JsonTypeInfo<Page<T>> type, params (string Name, string? Value)[] query) =>
        (_http, _path, _type, _query) = (http, path, type, query);

    /// <param name="cursor">The <see cref="Page{T}.Next"/> of another page; the first page without.</param>
    /// <param name="limit">1 to 100, 50 by default.</param>
    public Task<Page<T>> PageAsync(string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) =>
        _http.GetAsync(_path, _type, cancellationToken, [.. _query, ("cursor", cursor), ("limit", Http.Text(limit))]);

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await PageAsync(cursor, 100, cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
