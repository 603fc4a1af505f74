package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/campsync/campsync/importer/source"
)

func TestZZ(t *testing.T) {
	root := "/work/shared/data"
	filepath.Walk(root, func(p string, fi os.FileInfo, err error) error {
		if fi.IsDir() || strings.HasSuffix(p, ".json") || strings.HasSuffix(p, ".md") || strings.Contains(p, "/phone/") {
			return nil
		}
		name := strings.TrimPrefix(p, root+"/")
		r, err := source.Open(p, source.Options{})
		if err != nil {
			fmt.Printf("%-42s ERR %v\n", name, strings.TrimPrefix(err.Error(), p))
			return nil
		}
		defer r.Close()
		rows := rest(t, r)
		faults := 0
		f := ""
		for _, row := range rows {
			if row.Fault != nil {
				faults++
				if f == "" {
					f = fmt.Sprintf(" %d:%s %s", row.Line, row.Fault.Code, row.Fault.Message)
				}
			}
		}
		d := r.Dialect()
		fmt.Printf("%-42s %s %q q=%s e=%s p=%v h=%d/%d c=%.2f titles=%d rows=%d faults=%d blank=%d cols=%d %.60q%s\n", name, d.Encoding, d.Delimiter, d.Quote, d.Escape, d.Padded, d.HeaderLine, d.HeaderRows, d.Confidence, len(d.Titles), len(rows), faults, r.Blank(), len(r.Header()), r.Header(), f)
		return nil
	})
}
