//! Writes the logs that pipemine is tested on.
