"""Jobs that outlive messages: started, polled by delayed messages, and collected."""
