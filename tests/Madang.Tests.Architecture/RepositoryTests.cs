namespace Madang.Tests.Architecture;

/// <summary>
/// The rules against the repository as it stands. Each was seen to fail: <see cref="PlantedFaultTests"/> plants one fault a rule and expects it by name.
/// </summary>
public sealed class RepositoryTests
{
    private static readonly SourceTree Tree = SourceTree.Repository;

    [Fact]
    public void Every_import_stands_in_the_table() => Assert.Empty(Rules.ImportsStandInTheTable(Tree));

    [Fact]
    public void The_table_runs_downward() => Assert.Empty(Rules.TheTableRunsDownward(Tree));

    [Fact]
    public void No_type_ends_in_a_kind() => Assert.Empty(Rules.NoTypeEndsInAKind(Tree));

    [Fact]
    public void No_folder_is_a_kind() => Assert.Empty(Rules.NoFolderIsAKind(Tree));

    [Fact]
    public void Files_stay_under_the_ceiling() => Assert.Empty(Rules.FilesStayUnderTheCeiling(Tree));

    [Fact]
    public void Ports_are_internal_and_have_at_most_twelve_verbs() => Assert.Empty(Rules.PortsAreInternalAndSmall(Tree));

    [Fact]
    public void Both_adapters_have_the_same_stores() => Assert.Empty(Rules.BothAdaptersHaveTheSameStores(Tree));

    [Fact]
    public void Both_adapters_have_the_same_migrations() => Assert.Empty(Rules.BothAdaptersHaveTheSameMigrations(Tree));

    [Fact]
    public void Sql_lives_in_the_adapters() => Assert.Empty(Rules.SqlLivesInTheAdapters(Tree));

    [Fact]
    public void Nothing_is_left_for_later() => Assert.Empty(Rules.NothingIsLeftForLater(Tree));

    [Fact]
    public void Pragmas_state_their_reason() => Assert.Empty(Rules.PragmasStateTheirReason(Tree));

    [Fact]
    public void Modules_have_a_readme() => Assert.Empty(Rules.ModulesHaveAReadme(Tree));

    [Fact]
    public void Tests_named_in_the_table_exist() => Assert.Empty(Rules.TestsNamedInTheTableExist(Tree));
}
