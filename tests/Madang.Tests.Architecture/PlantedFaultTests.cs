namespace Madang.Tests.Architecture;

/// <summary>A rule counts only after a planted fault was seen to fail it. Here each fault is planted at every run, into a copy of the real tree.</summary>
public sealed class PlantedFaultTests
{
    private const string Table = "docs/ARCHITECTURE.md";
    private static readonly SourceTree Tree = SourceTree.Repository;

    [Fact]
    public void An_upward_import_is_named() => Reports(
        Rules.ImportsStandInTheTable,
        Tree.With("src/Madang.Accounts/Madang.Accounts.csproj", """<Project><ItemGroup><ProjectReference Include="../Madang.Chat/Madang.Chat.csproj" /></ItemGroup></Project>"""),
        "Madang.Accounts imports Madang.Chat");

    [Fact]
    public void A_project_without_a_row_is_named() => Reports(
        Rules.ImportsStandInTheTable, Tree.With("src/Madang.Nowhere/Madang.Nowhere.csproj", "<Project />"), "Madang.Nowhere has no row");

    [Fact]
    public void A_row_without_a_project_is_named() => Reports(
        Rules.ImportsStandInTheTable, Tree.With(Table, Tree[Table] + "\n| Madang.Ghost | nothing | – |\n"), "a row for Madang.Ghost");

    [Fact]
    public void A_table_that_allows_an_upward_import_is_named() => Reports(
        Rules.TheTableRunsDownward, Tree.With(Table, Tree[Table].Replace("| Api, Storage |", "| Api, Storage, Chat |", StringComparison.Ordinal)), "Madang.Jobs may import Madang.Chat");

    [Theory]
    [InlineData("public sealed class RoomManager;")]
    [InlineData("internal sealed record UserDto(long Id);")]
    [InlineData("public static partial class TextUtils")]
    [InlineData("internal readonly record struct RoomInfo(long Id);")]
    public void A_banned_ending_is_named(string type) => Reports(Rules.NoTypeEndsInAKind, Tree.With("src/Madang.Chat/Fault.cs", type + "\n"), "src/Madang.Chat/Fault.cs");

    [Fact]
    public void A_folder_of_a_kind_is_named() => Reports(Rules.NoFolderIsAKind, Tree.With("src/Madang.Chat/Models/Room.cs", ""), "Models/Room.cs");

    [Theory]
    [InlineData("src/Madang.Chat/Long.cs", 601)]
    [InlineData("tests/Madang.Tests.Unit/Long.cs", 901)]
    [InlineData("web/src/Long.tsx", 601)]
    public void A_file_over_the_ceiling_is_named(string path, int lines) =>
        Reports(Rules.FilesStayUnderTheCeiling, Tree.With(path, new string('\n', lines)), path);

    [Fact]
    public void A_public_port_is_named() => Reports(
        Rules.PortsAreInternalAndSmall, Tree.With("src/Madang.Chat/IFaultStore.cs", "public interface IFaultStore;\n"), "a port is internal");

    [Fact]
    public void A_port_of_thirteen_verbs_is_named() => Reports(
        Rules.PortsAreInternalAndSmall,
        Tree.With("src/Madang.Chat/IFaultStore.cs", "internal interface IFaultStore\n{\n" + string.Concat(Enumerable.Range(1, 13).Select(n => $"    Task<Room?> Verb{n}Async(RoomId id, CancellationToken token);\n")) + "}\n"),
        "13 verbs");

    [Fact]
    public void A_store_on_one_side_only_is_named() => Reports(
        Rules.BothAdaptersHaveTheSameStores, Tree.With("src/Madang.Sqlite/Chat/SqliteFaultStore.cs", ""), "src/Madang.Postgres lacks Chat/FaultStore.cs");

    [Fact]
    public void A_migration_on_one_side_only_is_named() => Reports(
        Rules.BothAdaptersHaveTheSameMigrations, Tree.With("src/Madang.Postgres/Migrations/Chat/9999_fault.sql", ""), "src/Madang.Sqlite lacks Migrations/Chat/9999_fault.sql");

    [Fact]
    public void Sql_outside_the_adapters_is_named() => Reports(
        Rules.SqlLivesInTheAdapters, Tree.With("src/Madang.Chat/Fault.cs", "const string Q = \"SELECT id FROM room\";\n"), "src/Madang.Chat/Fault.cs");

    [Theory]
    [InlineData("// TODO: finish\n")]
    [InlineData("throw new NotImplementedException();\n")]
    public void Unfinished_work_is_named(string fault) => Reports(Rules.NothingIsLeftForLater, Tree.With("src/Madang.Chat/Fault.cs", fault), "not done");

    [Fact]
    public void A_pragma_without_a_reason_is_named() => Reports(
        Rules.PragmasStateTheirReason, Tree.With("src/Madang.Chat/Fault.cs", "#pragma warning disable CA1822\n"), "states its reason");

    [Fact]
    public void A_module_without_a_readme_is_named() => Reports(
        Rules.ModulesHaveAReadme, Tree.With("src/Madang.Nowhere/Madang.Nowhere.csproj", "<Project />"), "Madang.Nowhere has no README.md");

    [Fact]
    public void A_test_that_does_not_exist_is_named() => Reports(
        Rules.TestsNamedInTheTableExist, Tree.With(Table, Tree[Table] + "\n| Nothing is lost | `GhostTests` |\n"), "the test GhostTests");

    private static void Reports(Func<SourceTree, IEnumerable<string>> rule, SourceTree tree, string expected) =>
        Assert.Contains(rule(tree), violation => violation.Contains(expected, StringComparison.Ordinal));
}
