using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>At most twelve parameters: what has more is a form in all its states, not a page.</summary>
internal sealed class ParameterPolicy : IUrlPolicy
{
    public const int Most = 12;

    public RefusalReason Check(Url url, int depth) => !url.Query.IsEmpty && url.Query.Count((byte)'&') >= Most ? RefusalReason.TooManyParameters : RefusalReason.None;
}
