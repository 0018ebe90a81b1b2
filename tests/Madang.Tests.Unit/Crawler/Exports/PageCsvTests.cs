using System.Text;
using Madang.Crawler.Exports;

namespace Madang.Tests.Unit.Crawler.Exports;

public sealed class PageCsvTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("plain 안녕", "plain 안녕")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("a\0b", "\"ab\"")]
    [InlineData("a=1", "a=1")]
    public void A_cell_is_quoted_where_it_must_be_and_never_a_formula(string? text, string cell) => Assert.Equal(cell, PageCsv.Text(new StringBuilder(), text).ToString());
}
