using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Feeds.Moving;

namespace Madang.Tests.Unit.Feeds;

public sealed class MovingTests
{
    [Fact]
    public void What_was_written_is_read_back_whatever_the_fields_hold() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<NonEmptyArray<NonNull<string>>>>(),
        drawn =>
        {
            // Lone surrogates are no text, and a row of one empty field is an empty line.
            var rows = drawn.Get.Select(row => row.Get.Take(20).Select(field => new string([.. field.Get.Where(letter => !char.IsSurrogate(letter))])).ToList())
                .Where(row => row is not [""]).ToList();
            if (rows.Count > 0 && rows[0][0].StartsWith('\uFEFF'))
            {
                return true;
            }

            var file = string.Concat(rows.Select(row => Csv.Line(row)));
            return Read(file).Select(row => row.Fields).SequenceEqual(rows, new Fields());
        }));

    [Theory]
    [InlineData("a,b\nc", "1:a|b 2:c")]
    [InlineData("\uFEFFa\r\n\r\n\"b,\"\"c\"\"\nd\"\r\ne", "1:a 3:b,\"c\"\nd 5:e")]
    [InlineData("a\"b\"c,", "1:a\"b\"c|")]
    [InlineData("a\rb", "1:a 2:b")]
    [InlineData("", "")]
    public void Files_of_other_hands_are_read(string file, string rows) =>
        Assert.Equal(rows, string.Join(' ', Read(file).Select(row => $"{row.Line}:{string.Join('|', row.Fields)}")));

    [Theory]
    [InlineData("\"a")]
    [InlineData("\"a\"b,c")]
    [InlineData("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u")]
    public void What_is_no_csv_is_refused(string file) => Assert.Equal("invalid_csv", Csv.Read(Encoding.UTF8.GetBytes(file), 10).Error!.Code);

    [Fact]
    public void What_is_too_much_or_no_text_is_refused()
    {
        Assert.Equal("invalid_csv", Csv.Read(new byte[] { 0x61, 0xFF }, 10).Error!.Code);
        Assert.Equal("invalid_csv", Csv.Read(Encoding.UTF8.GetBytes(new string('a', Csv.MaxField + 1)), 10).Error!.Code);
        Assert.Equal("invalid_csv", Csv.Read(Encoding.UTF8.GetBytes("a\nb\nc\nd"), 2).Error!.Code);
        // The names of the columns do not count.
        Assert.Equal(3, Csv.Read(Encoding.UTF8.GetBytes("a\nb\nc"), 2).Value.Count);
    }

    [Fact]
    public void Columns_are_found_by_name_or_else_by_place()
    {
        var named = MovedRow.Of(MovedKind.Follows, Read("Notify on new posts,Account address,Show boosts\ntrue,mina,false\nx, jun ,\n"));
        Assert.Equal([new(2, "mina", null, false, true), new(3, "jun", null, null, null)], named);
        Assert.Equal([new(1, "mina", null, true, false)], MovedRow.Of(MovedKind.Follows, Read("mina,true,false,\n")));
        Assert.Equal([new(2, "mina", null, null, null)], MovedRow.Of(MovedKind.Mutes, Read("Account address,Hide notifications\nmina,true\n")));
        Assert.Equal([new(1, "mina", null, null, null)], MovedRow.Of(MovedKind.Blocks, Read("mina\n")));
        Assert.Equal([new(1, "jun@x", "친구", null, null), new(2, "", "only a title", null, null)], MovedRow.Of(MovedKind.Lists, Read("친구,jun@x\nonly a title\n")));
    }

    [Theory]
    [InlineData("mina", "mina")]
    [InlineData("@mina", "mina")]
    [InlineData(" mina@Here.example ", "mina")]
    [InlineData("@mina@old.example", "mina")]
    [InlineData("mina@elsewhere.example", null)]
    [InlineData("mina@", null)]
    [InlineData("", "")]
    public void A_name_is_somebody_here_only_when_the_address_says_so(string address, string? name) =>
        Assert.Equal(name, new MovedRow(1, address, null, null, null).NameHere("here.example", "old.example"));

    [Fact]
    public void Without_a_host_of_ones_own_nobody_with_a_domain_is_here() => Assert.Null(new MovedRow(1, "mina@here.example", null, null, null).NameHere(null, null));

    private static IReadOnlyList<CsvRow> Read(string file) => Csv.Read(Encoding.UTF8.GetBytes(file), 1_000).Value;

    private sealed class Fields : IEqualityComparer<IReadOnlyList<string>>
    {
        public bool Equals(IReadOnlyList<string>? one, IReadOnlyList<string>? other) => one!.SequenceEqual(other!);

        public int GetHashCode(IReadOnlyList<string> fields) => fields.Count;
    }
}
