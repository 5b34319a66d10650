package finding

import "slices"

// Summarise counts the assessments of a report: one word an item, open findings by severity, and what was not
// checked, each text once in order.
func Summarise(assessments []Assessment) Summary {
	s := Summary{Items: len(assessments), NotChecked: []string{}}
	for _, a := range assessments {
		switch a.Attention {
		case Act:
			s.Act++
		case Check:
			s.Check++
		case Incomplete:
			s.Incomplete++
		default:
			s.None++
		}
		for _, f := range a.Findings {
			if f.Status == Open {
				s.Findings.Add(f.Severity)
			}
		}
		s.NotChecked = append(s.NotChecked, a.NotChecked...)
	}
	slices.Sort(s.NotChecked)
	s.NotChecked = slices.Compact(s.NotChecked)
	return s
}
