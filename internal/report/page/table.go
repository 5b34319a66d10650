package page

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// Table renders rows, the first of which is the header, as a table as wide as its cells ask for. Cells are safe
// already. Rows that total counts and that are not there are counted in a line below.
func (p *Page) Table(rows [][]string, total int) error {
	var text bytes.Buffer
	t := tablewriter.NewTable(&text,
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithHeaderAlignment(tw.AlignLeft), tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithRowAutoWrap(tw.WrapNone), tablewriter.WithPadding(tw.Padding{Right: "  ", Overwrite: true}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Borders: tw.BorderNone, Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone}})),
	)
	t.Header(rows[0])
	if err := t.Bulk(rows[1:]); err != nil {
		return fmt.Errorf("filling a table: %w", err)
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("rendering a table: %w", err)
	}
	for line := range strings.Lines(text.String()) {
		p.Line("%s", strings.TrimRight(line, " \n"))
	}
	if more := total - (len(rows) - 1); more > 0 {
		p.Line("and %s more; --format json has them all", Plural(more, "item"))
	}
	return nil
}
