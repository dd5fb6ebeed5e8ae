"""Sources → Documents → Passages: reads PDF, HTML, Markdown, plain text and catalogues (CSV, TSV, XLSX, JSON, JSONL)."""
