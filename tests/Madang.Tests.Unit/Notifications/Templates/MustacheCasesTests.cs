using Madang.Notifications.Templates.Language;

namespace Madang.Tests.Unit.Notifications.Templates;

/// <summary>
/// Inputs and outputs of the cases that Mustache publishes for itself (mustache/spec: interpolation, sections, inverted, comments; delimiters, partials, inheritance
/// and lambdas in part), with shorter words. Handlebars differs from Mustache in one thing, and we with it: a name that the innermost block lacks is not looked for
/// in those around it. And we are strict: what is missing is refused, never left out.
/// </summary>
public sealed class MustacheCasesTests
{
    [Theory]
    [InlineData("no tag", "Hello from {Mustache}!\n", "{}", "Hello from {Mustache}!\n")]
    [InlineData("basic", "Hello, {{subject}}!\n", """{"subject":"world"}""", "Hello, world!\n")]
    [InlineData("triple", "raw: {{{forbidden}}}\n", """{"forbidden":"& \" < >"}""", "raw: & \" < >\n")]
    [InlineData("ampersand", "raw: {{&forbidden}}\n", """{"forbidden":"& \" < >"}""", "raw: & \" < >\n")]
    [InlineData("integer", "\"{{mph}} {{{mph}}} {{&mph}}\"", """{"mph":85}""", "\"85 85 85\"")]
    [InlineData("decimal", "\"{{power}} {{{power}}} {{&power}}\"", """{"power":1.21}""", "\"1.21 1.21 1.21\"")]
    [InlineData("dotted name", "\"{{person.name}}\" == \"{{#person}}{{name}}{{/person}}\"", """{"person":{"name":"Joe"}}""", "\"Joe\" == \"Joe\"")]
    [InlineData("dotted name, triple", "\"{{{person.name}}}\" == \"{{#person}}{{{name}}}{{/person}}\"", """{"person":{"name":"Joe"}}""", "\"Joe\" == \"Joe\"")]
    [InlineData("dotted name, ampersand", "\"{{&person.name}}\" == \"{{#person}}{{&name}}{{/person}}\"", """{"person":{"name":"Joe"}}""", "\"Joe\" == \"Joe\"")]
    [InlineData("dotted name of any depth", "{{a.b.c.d.e.name}}", """{"a":{"b":{"c":{"d":{"e":{"name":"Phil"}}}}}}""", "Phil")]
    [InlineData("dotted name, first part as any", "{{#a}}{{b.c.d.e.name}}{{/a}}", """{"a":{"b":{"c":{"d":{"e":{"name":"Phil"}}}}},"b":{"c":{"d":{"e":{"name":"Wrong"}}}}}""", "Phil")]
    [InlineData("space around", "| {{string}} | {{{string}}} | {{&string}} |", """{"string":"---"}""", "| --- | --- | --- |")]
    [InlineData("alone on a line", "  {{string}}\n", """{"string":"---"}""", "  ---\n")]
    [InlineData("triple alone on a line", "  {{{string}}}\n", """{"string":"---"}""", "  ---\n")]
    [InlineData("ampersand alone on a line", "  {{&string}}\n", """{"string":"---"}""", "  ---\n")]
    [InlineData("padding", "|{{ string }}|{{{ string }}}|{{& string }}|", """{"string":"---"}""", "|---|---|---|")]
    public void Interpolation_writes_the_same(string name, string template, string data, string expected) => Holds(name, template, data, expected);

    [Theory]
    [InlineData("escaping", "escaped: {{forbidden}}\n", """{"forbidden":"& \" < >"}""", "escaped: &amp; &quot; &lt; &gt;\n")]
    [InlineData("escaping in a list", "{{#list}}({{.}}){{/list}}", """{"list":["&","\"","<",">"]}""", "(&amp;)(&quot;)(&lt;)(&gt;)")]
    public void Values_in_html_are_escaped_the_same(string name, string template, string data, string expected) =>
        Assert.Equal((name, expected), (name, TemplateCases.Text(template, data, PartKind.Html)));

    [Theory]
    [InlineData("true", "\"{{#boolean}}yes{{/boolean}}\"", """{"boolean":true}""", "\"yes\"")]
    [InlineData("false", "\"{{#boolean}}no{{/boolean}}\"", """{"boolean":false}""", "\"\"")]
    [InlineData("null", "\"{{#null}}no{{/null}}\"", """{"null":null}""", "\"\"")]
    [InlineData("null of any other name", "\"{{#gone}}no{{/gone}}\"", """{"gone":null}""", "\"\"")]
    [InlineData("context", "\"{{#context}}Hi {{name}}.{{/context}}\"", """{"context":{"name":"Joe"}}""", "\"Hi Joe.\"")]
    [InlineData("list", "\"{{#list}}{{item}}{{/list}}\"", """{"list":[{"item":1},{"item":2},{"item":3}]}""", "\"123\"")]
    [InlineData("empty list", "\"{{#list}}no{{/list}}\"", """{"list":[]}""", "\"\"")]
    [InlineData("doubled", "{{#bool}}\n* first\n{{/bool}}\n* {{two}}\n{{#bool}}\n* third\n{{/bool}}\n", """{"bool":true,"two":"second"}""", "* first\n* second\n* third\n")]
    [InlineData("nested, true", "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", """{"bool":true}""", "| A B C D E |")]
    [InlineData("nested, false", "| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", """{"bool":false}""", "| A  E |")]
    [InlineData("texts", "\"{{#list}}({{.}}){{/list}}\"", """{"list":["a","b","c","d","e"]}""", "\"(a)(b)(c)(d)(e)\"")]
    [InlineData("integers", "\"{{#list}}({{.}}){{/list}}\"", """{"list":[1,2,3,4,5]}""", "\"(1)(2)(3)(4)(5)\"")]
    [InlineData("decimals", "\"{{#list}}({{.}}){{/list}}\"", """{"list":[1.10,2.20,3.30,4.40,5.50]}""", "\"(1.1)(2.2)(3.3)(4.4)(5.5)\"")]
    [InlineData("lists in a list", "\"{{#list}}({{#.}}{{.}}{{/.}}){{/list}}\"", """{"list":[[1,2,3],["a","b","c"]]}""", "\"(123)(abc)\"")]
    [InlineData("triple in a list", "\"{{#list}}({{{.}}}){{/list}}\"", """{"list":["&","\"","<",">"]}""", "\"(&)(\")(<)(>)\"")]
    [InlineData("ampersand in a list", "\"{{#list}}({{&.}}){{/list}}\"", """{"list":["&","\"","<",">"]}""", "\"(&)(\")(<)(>)\"")]
    [InlineData("objects in a list", "\"{{#list}}({{#.}}{{value}}{{/.}}){{/list}}\"", """{"list":[[{"value":"a"},{"value":"b"}],[{"value":"c"}]]}""", "\"(ab)(c)\"")]
    [InlineData("dotted name, true", "\"{{#a.b.c}}Here{{/a.b.c}}\"", """{"a":{"b":{"c":true}}}""", "\"Here\"")]
    [InlineData("dotted name, false", "\"{{#a.b.c}}Here{{/a.b.c}}\"", """{"a":{"b":{"c":false}}}""", "\"\"")]
    [InlineData("space around", " | {{#boolean}}\t|\t{{/boolean}} | \n", """{"boolean":true}""", " | \t|\t | \n")]
    [InlineData("space within", " | {{#boolean}} {{! space counts }}\n {{/boolean}} | \n", """{"boolean":true}""", " |  \n  | \n")]
    [InlineData("indented on one line", " {{#boolean}}YES{{/boolean}}\n {{#boolean}}GOOD{{/boolean}}\n", """{"boolean":true}""", " YES\n GOOD\n")]
    [InlineData("alone", "| This Is\n{{#boolean}}\n|\n{{/boolean}}\n| A Line\n", """{"boolean":true}""", "| This Is\n|\n| A Line\n")]
    [InlineData("alone, indented", "| This Is\n  {{#boolean}}\n|\n  {{/boolean}}\n| A Line\n", """{"boolean":true}""", "| This Is\n|\n| A Line\n")]
    [InlineData("alone, lines end in two characters", "|\r\n{{#boolean}}\r\n{{/boolean}}\r\n|", """{"boolean":true}""", "|\r\n|")]
    [InlineData("alone, first line", "  {{#boolean}}\n#{{/boolean}}\n/", """{"boolean":true}""", "#\n/")]
    [InlineData("alone, last line", "#{{#boolean}}\n/\n  {{/boolean}}", """{"boolean":true}""", "#\n/\n")]
    [InlineData("padding", "|{{# boolean }}={{/ boolean }}|", """{"boolean":true}""", "|=|")]
    public void Sections_write_the_same(string name, string template, string data, string expected) => Holds(name, template, data, expected);

    [Theory]
    [InlineData("false", "\"{{^boolean}}yes{{/boolean}}\"", """{"boolean":false}""", "\"yes\"")]
    [InlineData("true", "\"{{^boolean}}no{{/boolean}}\"", """{"boolean":true}""", "\"\"")]
    [InlineData("null", "\"{{^gone}}yes{{/gone}}\"", """{"gone":null}""", "\"yes\"")]
    [InlineData("context", "\"{{^context}}Hi {{name}}.{{/context}}\"", """{"context":{"name":"Joe"}}""", "\"\"")]
    [InlineData("list", "\"{{^list}}{{n}}{{/list}}\"", """{"list":[{"n":1},{"n":2},{"n":3}]}""", "\"\"")]
    [InlineData("empty list", "\"{{^list}}yes{{/list}}\"", """{"list":[]}""", "\"yes\"")]
    [InlineData("doubled", "{{^bool}}\n* first\n{{/bool}}\n* {{two}}\n{{^bool}}\n* third\n{{/bool}}\n", """{"bool":false,"two":"second"}""", "* first\n* second\n* third\n")]
    [InlineData("nested, false", "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |", """{"bool":false}""", "| A B C D E |")]
    [InlineData("nested, true", "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |", """{"bool":true}""", "| A  E |")]
    [InlineData("dotted name, true", "\"{{^a.b.c}}Not Here{{/a.b.c}}\"", """{"a":{"b":{"c":true}}}""", "\"\"")]
    [InlineData("dotted name, false", "\"{{^a.b.c}}Not Here{{/a.b.c}}\"", """{"a":{"b":{"c":false}}}""", "\"Not Here\"")]
    [InlineData("space around", " | {{^boolean}}\t|\t{{/boolean}} | \n", """{"boolean":false}""", " | \t|\t | \n")]
    [InlineData("space within", " | {{^boolean}} {{! space counts }}\n {{/boolean}} | \n", """{"boolean":false}""", " |  \n  | \n")]
    [InlineData("indented on one line", " {{^boolean}}NO{{/boolean}}\n {{^boolean}}WAY{{/boolean}}\n", """{"boolean":false}""", " NO\n WAY\n")]
    [InlineData("alone", "| This Is\n{{^boolean}}\n|\n{{/boolean}}\n| A Line\n", """{"boolean":false}""", "| This Is\n|\n| A Line\n")]
    [InlineData("alone, indented", "| This Is\n  {{^boolean}}\n|\n  {{/boolean}}\n| A Line\n", """{"boolean":false}""", "| This Is\n|\n| A Line\n")]
    [InlineData("alone, lines end in two characters", "|\r\n{{^boolean}}\r\n{{/boolean}}\r\n|", """{"boolean":false}""", "|\r\n|")]
    [InlineData("alone, first line", "  {{^boolean}}\n^{{/boolean}}\n/", """{"boolean":false}""", "^\n/")]
    [InlineData("alone, last line", "^{{^boolean}}\n/\n  {{/boolean}}", """{"boolean":false}""", "^\n/\n")]
    [InlineData("padding", "|{{^ boolean }}={{/ boolean }}|", """{"boolean":false}""", "|=|")]
    public void Inverted_sections_write_the_same(string name, string template, string data, string expected) => Holds(name, template, data, expected);

    [Theory]
    [InlineData("inline", "12345{{! a comment! }}67890", "1234567890")]
    [InlineData("over lines", "12345{{!\n  one\n  more line...\n}}67890\n", "1234567890\n")]
    [InlineData("alone", "Begin.\n{{! a comment! }}\nEnd.\n", "Begin.\nEnd.\n")]
    [InlineData("alone, indented", "Begin.\n  {{! a comment! }}\nEnd.\n", "Begin.\nEnd.\n")]
    [InlineData("alone, lines end in two characters", "|\r\n{{! a comment }}\r\n|", "|\r\n|")]
    [InlineData("alone, first line", "  {{! it's alone }}\n!", "!")]
    [InlineData("alone, last line", "!\n  {{! it's alone }}", "!\n")]
    [InlineData("alone over lines", "Begin.\n{{!\nIt's something...\n}}\nEnd.\n", "Begin.\nEnd.\n")]
    [InlineData("alone over lines, indented", "Begin.\n  {{!\n    It's something...\n  }}\nEnd.\n", "Begin.\nEnd.\n")]
    [InlineData("after text", "  12 {{! 34 }}\n", "  12 \n")]
    [InlineData("space around", "12345 {{! a comment! }} 67890", "12345  67890")]
    [InlineData("as a variable", "({{! comment }})", "()")]
    public void Comments_leave_the_same(string name, string template, string expected) =>
        Holds(name, template, """{"! comment":1,"! comment ":2,"!comment":3,"comment":4}""", expected);

    [Theory]
    [InlineData("a miss", "I ({{cannot}}) be seen!", "{}")]
    [InlineData("a miss, triple", "I ({{{cannot}}}) be seen!", "{}")]
    [InlineData("a miss, ampersand", "I ({{&cannot}}) be seen!", "{}")]
    [InlineData("null", "I ({{cannot}}) be seen!", """{"cannot":null}""")]
    [InlineData("broken chain", "{{a.b.c}}", """{"a":{}}""")]
    [InlineData("broken chain, resolved elsewhere", "{{a.b.c.name}}", """{"a":{"b":{}},"c":{"name":"Jim"}}""")]
    [InlineData("precedence of the context", "{{#a}}{{b.c}}{{/a}}", """{"a":{"b":{}},"b":{"c":"ERROR"}}""")]
    [InlineData("section of nothing", "[{{#missing}}found{{/missing}}]", "{}")]
    [InlineData("section of a broken chain", "{{#a.b.c}}Here{{/a.b.c}}", """{"a":{}}""")]
    [InlineData("inverted section of nothing", "[{{^missing}}not found{{/missing}}]", "{}")]
    [InlineData("inverted section of a broken chain", "{{^a.b.c}}Not Here{{/a.b.c}}", """{"a":{}}""")]
    [InlineData("names of the parents", "{{#sec}}{{a}}, {{b}}, {{c.d}}{{/sec}}", """{"a":"foo","b":"wrong","sec":{"b":"bar"},"c":{"d":"baz"}}""")]
    [InlineData("name of the parent within a text", "{{#foo}}{{.}} is {{foo}}{{/foo}}", """{"foo":"bar"}""")]
    [InlineData("lists within lists, names of the parents", "{{#tops}}{{#middles}}{{tname.lower}}{{mname}}{{/middles}}{{/tops}}", """{"tops":[{"tname":{"lower":"a"},"middles":[{"mname":"1"}]}]}""")]
    [InlineData("contexts within contexts", "{{#a}}\n{{one}}\n{{#b}}\n{{one}}{{two}}{{one}}\n{{/b}}\n{{/a}}\n", """{"a":{"one":1},"b":{"two":2}}""")]
    public void What_mustache_leaves_out_or_looks_for_further_out_is_refused_by_its_name(string name, string template, string data) =>
        Assert.Equal((name, "template_variable_missing"), (name, TemplateCases.Refusal(template, data)));

    [Theory]
    [InlineData("delimiters", "{{=<% %>=}}(<%text%>)", """{"text":"Hey!"}""")]
    [InlineData("delimiters, one character", "({{=[ ]=}}[text])", """{"text":"It worked!"}""")]
    [InlineData("delimiters alone on a line", "Begin.\n{{=@ @=}}\nEnd.\n", "{}")]
    [InlineData("partial", "\"{{>text}}\"", "{}")]
    [InlineData("partial, indented", "\\\n {{>partial}}\n/", """{"content":"<\n->"}""")]
    [InlineData("partial, named by the data", "\"{{>*dynamic}}\"", """{"dynamic":"content"}""")]
    [InlineData("parent", "{{<parent}}{{/parent}}", "{}")]
    [InlineData("block with a default", "{{$title}}Default title{{/title}}", "{}")]
    [InlineData("filter", "{{list | first}}", """{"list":[1]}""")]
    public void What_is_no_part_of_the_language_is_refused_when_it_is_uploaded(string name, string template, string data) =>
        Assert.Equal((name, "invalid_fields"), (name, TemplateCases.Refusal(template, data)));

    [Theory]
    [InlineData("triple", "{{{forbidden}}}", """{"forbidden":"<"}""")]
    [InlineData("ampersand", "{{&forbidden}}", """{"forbidden":"<"}""")]
    public void Nothing_gets_into_html_unescaped(string name, string template, string data) =>
        Assert.Equal((name, "invalid_fields"), (name, TemplateCases.Refusal(template, data, PartKind.Html)));

    private static void Holds(string name, string template, string data, string expected) => Assert.Equal((name, expected), (name, TemplateCases.Text(template, data)));
}
